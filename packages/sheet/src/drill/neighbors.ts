import { drill } from "../index.ts";

export default drill([]);

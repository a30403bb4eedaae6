import { drill } from "../index.ts";
import activations from "./nn/activations.ts";
import architectures from "./nn/architectures.ts";
import depth from "./nn/depth.ts";
import losses from "./nn/losses.ts";
import normsAndNoise from "./nn/norms-and-noise.ts";
import training from "./nn/training.ts";

export default drill([...activations, ...architectures, ...depth, ...losses, ...normsAndNoise, ...training]);

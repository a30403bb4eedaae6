import fc from "fast-check";

// Property tests draw the same cases in every run: a failure repeats, and a run says the same everywhere.
fc.configureGlobal({ seed: 20261121 });

import { drill } from "../../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-257",
    card: "nn/module",
    level: "easy",
    ask: "When do you reach for PyTorch, and which of its pieces must you know?",
    answer:
      "When you want Python control flow and full sight of the training loop, as in research. Know tensors, autograd, nn.Module, loss, optimizer, Dataset and DataLoader, train and eval mode, no_grad.",
  },
  {
    kind: "question",
    id: "q-a-258",
    card: "nn/fit-api",
    level: "easy",
    ask: "When is TensorFlow with Keras the more convenient choice, and what are its core calls?",
    answer:
      "When a standard model should be trained and deployed with few lines, to mobile or browser too. Build with layers, then compile(optimizer, loss, metrics), fit, evaluate, predict; callbacks stop and save.",
  },
  {
    kind: "question",
    id: "q-a-523",
    card: "nn/training-loop",
    level: "easy",
    ask: "What are the steps of a PyTorch training loop, in order?",
    answer:
      "Zero the gradients, forward pass, loss, backward pass, optimizer step; then perhaps the schedule. After the epoch validate in eval mode with no_grad.",
  },
  {
    kind: "question",
    id: "q-a-524",
    card: "nn/module",
    level: "easy",
    ask: "Why switch a network between train and eval mode, and why turn gradients off to validate?",
    answer:
      "Dropout and batch norm act differently in the two modes. Turning gradients off saves the graph's memory and time, and does not change the mode: both are needed.",
  },
  {
    kind: "question",
    id: "q-b-142",
    card: "nn/training-loop",
    level: "easy",
    ask: "Write one training step in order and say what each line does to the graph, the gradients and the weights.",
    answer:
      "zero_grad clears old gradients; forward builds the graph; backward adds gradients to each leaf and frees the graph; step changes the weights from them. Without zeroing, gradients add up.",
  },
  {
    kind: "question",
    id: "q-b-165",
    card: "nn/module",
    level: "easy",
    ask: "What does eval mode change in dropout and BatchNorm, and what does it leave switched on?",
    answer:
      "Dropout passes everything through, batch norm uses running statistics and stops updating them. Gradients are still recorded: only no_grad turns those off.",
  },
  {
    kind: "question",
    id: "q-b-167",
    card: "nn/module",
    level: "medium",
    ask: "Combine train or eval mode with gradients on or off: give a use for each of the four combinations.",
    answer:
      "Train, gradients: training. Eval, none: validation and serving. Eval with gradients: saliency, adversarial inputs, frozen norms. Train without: MC dropout or re-estimating running statistics.",
    after: "q-b-165",
  },
  {
    kind: "question",
    id: "q-b-172",
    card: "nn/training-health",
    level: "medium",
    ask: "Loss goes NaN, sticks, oscillates, or parts from validation: give the likely cause and first check for each.",
    answer:
      "NaN: rate, log 0 or bad data; find the first non-finite value. Stuck: no gradient; print norms. Oscillating: rate too high; halve it. Parting: overfitting; regularise or stop.",
  },
  {
    kind: "question",
    id: "q-b-173",
    card: "nn/training-health",
    level: "medium",
    ask: "A binary classifier sits at exactly 50% accuracy: list the likeliest causes; what does the overfit-one-batch test rule out?",
    answer:
      "Shuffled or wrong labels, inputs constant, dead or saturated net, frozen weights, bad rate, classes read off wrongly. Overfitting one batch rules out a broken loss, backward pass or step, not bad data.",
    after: "q-b-172",
  },
  {
    kind: "question",
    id: "q-b-174",
    card: "nn/training-health",
    level: "medium",
    ask: "Loss falls steadily, then turns NaN at epoch 11: what could have happened, and how do you trace it?",
    answer:
      "A rare bad row, log or division by 0, overflow in 16 bits, or a schedule that raised the rate. Restart from the checkpoint before it, check each batch and gradient norm, and find the first non-finite operation.",
    after: "q-b-172",
  },
  {
    kind: "question",
    id: "q-b-323",
    card: "nn/loss-landscape",
    level: "medium",
    ask: "Covariate shift or a smoother loss: which explanation of BatchNorm has the better evidence, and which experiment separates them?",
    answer:
      "A smoother loss. Add random shifts after batch norm: covariate shift is back, training is as good. Measured along the gradient, loss and gradients change less with it.",
  },
]);

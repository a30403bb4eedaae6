import { drill } from "../index.ts";

export default drill([
  {
    kind: "question",
    id: "q-a-134",
    card: "nn/gradient-checkpointing",
    level: "medium",
    ask: "What does gradient checkpointing throw away, and when is it computed again?",
    answer:
      "Most activations of the forward pass; only those at segment borders stay. In backward each segment runs forward once more just before its gradients are needed.",
  },
  {
    kind: "question",
    id: "q-a-135",
    card: "nn/gradient-checkpointing",
    level: "medium",
    ask: "Roughly how much memory does checkpointing save, and how much training time does it cost?",
    answer:
      "Activations from n layers fall to about √n of them; the time grows by one more forward pass, about a third.",
  },
  {
    kind: "question",
    id: "q-a-136",
    card: "nn/gradient-checkpointing",
    level: "easy",
    ask: "Which symptoms tell you to turn on gradient checkpointing?",
    answer:
      "Out of memory in training while the weights fit: activations dominate (deep nets, long sequences, large batches). If weights or optimiser states dominate, shard or use smaller states.",
  },
  {
    kind: "question",
    id: "q-a-137",
    card: "nn/gradient-checkpointing",
    level: "medium",
    ask: "Checkpointing or gradient accumulation: which need does each serve?",
    answer:
      "Checkpointing fits a deeper net or longer sequence at the same batch, by recomputing. Accumulation makes a large effective batch from small ones. They combine.",
  },
  {
    kind: "question",
    id: "q-a-138",
    card: "nn/gradient-checkpointing",
    level: "hard",
    ask: "Which layers need care when they are recomputed in the backward pass, and why?",
    answer:
      "Dropout and anything random: the same random numbers must come again. BatchNorm: its running statistics would be updated twice. Anything with side effects.",
  },
  {
    kind: "question",
    id: "q-a-139",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "In mixed-precision training, what runs in 16 bits and what stays in 32?",
    answer:
      "Products and convolutions, activations and their gradients in 16. Master weights, optimiser states, reductions, softmax and norms in 32.",
  },
  {
    kind: "question",
    id: "q-a-140",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "What does FP16 have more of than BF16, and what does BF16 have more of?",
    answer:
      "FP16: mantissa bits (10 against 7), so precision. BF16: exponent bits (8 against 5), so range, the same as float32.",
  },
  {
    kind: "question",
    id: "q-a-141",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "Why is the loss multiplied by a large number before an FP16 backward pass?",
    answer:
      "Small gradients (below about 3e-8, half of the least number) become 0 in FP16, and those near it lose their digits. Scaling lifts them into range; they are divided again before the step.",
  },
  {
    kind: "question",
    id: "q-a-142",
    card: "nn/mixed-precision",
    level: "easy",
    ask: "When is BF16 the simpler choice over FP16?",
    answer:
      "Whenever the hardware has it: float32's range, so no loss scaling. FP16 only where its extra precision or older hardware decides.",
  },
  {
    kind: "question",
    id: "q-a-143",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "What does a gradient scaler do when it meets inf or NaN, and when steps stay clean?",
    answer:
      "It skips the step and halves the scale; after a run of clean steps (2,000 by default in PyTorch) it doubles it.",
  },
  {
    kind: "question",
    id: "q-a-264",
    card: "tensor/autograd",
    level: "easy",
    ask: "What is NumPy used for in ML, and what is broadcasting?",
    answer:
      "Arrays and fast arithmetic on them. Broadcasting stretches axes of length 1 (or missing ones) without copying: (n, 1) + (1, m) gives (n, m).",
  },
  {
    kind: "question",
    id: "q-a-288",
    card: "tensor/autograd",
    level: "medium",
    ask: "How does the chain rule give the gradient of a weight through activation and pre-activation?",
    answer:
      "∂L/∂W = (∂L/∂a · ∂a/∂z) · ∂z/∂W. With z = Wx the last factor is x: dW = δ xᵀ, δ = ∂L/∂a ⊙ f′(z).",
  },
  {
    kind: "question",
    id: "q-a-473",
    card: "nn/gradient-checkpointing",
    level: "hard",
    ask: "Why can checkpointing bring activation memory from n layers down to about the root of n?",
    answer:
      "With segments of k layers you keep n/k borders and, while one segment is recomputed, k activations: n/k + k is least at k = √n, giving 2√n.",
  },
  {
    kind: "question",
    id: "q-a-474",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "How are the bits of FP16 and BF16 divided, and what is the largest FP16 number?",
    answer: "FP16: 1 sign, 5 exponent, 10 mantissa; largest 65,504. BF16: 1, 8, 7; largest about 3.4e38.",
  },
  {
    kind: "question",
    id: "q-a-475",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "Which calls make up one step of mixed-precision training in PyTorch?",
    answer:
      "autocast() around forward and loss, scaler.scale(loss).backward(), scaler.unscale_(opt) before clipping, scaler.step(opt), scaler.update().",
  },
  {
    kind: "question",
    id: "q-b-125",
    card: "nn/gradient-checkpointing",
    level: "medium",
    ask: "What does gradient checkpointing store, what does it recompute, and what is the bargain of memory for time?",
    answer:
      "It stores activations at segment borders and recomputes those inside during backward: about 2√n instead of n activations for one extra forward pass.",
  },
  {
    kind: "question",
    id: "q-b-143",
    card: "tensor/autograd",
    level: "easy",
    ask: "What happens if gradients are never zeroed between steps, and when is that deliberate?",
    answer:
      "Each step follows the sum of all gradients so far. Deliberate in accumulation: several small batches before one step.",
  },
  {
    kind: "question",
    id: "q-b-144",
    card: "nn/mixed-precision",
    level: "medium",
    ask: "How does mixed precision speed training, what underflows, and how does loss scaling repair it?",
    answer:
      "Half the memory traffic and tensor cores. Small gradients underflow in FP16; multiplying the loss by, say, 2¹⁶ shifts them into range, and they are unscaled before the step.",
  },
  {
    kind: "formula",
    id: "f-tensor-central",
    card: "tensor/gradcheck",
    level: "easy",
    ask: "Complete the central difference.",
    formula: String.raw`f'(x)\approx\frac{f(x+h)-f(x-h)}{\gap}`,
    missing: "2h",
  },
  {
    kind: "formula",
    id: "f-tensor-hv",
    card: "tensor/hessian",
    level: "hard",
    ask: "Complete the Hessian–vector product.",
    formula: String.raw`Hv=\nabla_x\big(\gap\big)`,
    missing: String.raw`\nabla f(x)^\top v`,
  },
]);

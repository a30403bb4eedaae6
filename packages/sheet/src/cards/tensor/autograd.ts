import { grad, gradcheck, noGrad, Tensor } from "whetstone/tensor";
import { card, lines, range, slider } from "../../index.ts";

const f64 = { dtype: "f64" } as const;

export default card({
  id: "tensor/autograd",
  title: "Reverse mode: one walk back through the graph gives every gradient",
  formula: String.raw`\frac{\partial L}{\partial W_\ell}=\Big(\frac{\partial L}{\partial a_n}\frac{\partial a_n}{\partial a_{n-1}}\cdots\frac{\partial a_{\ell+1}}{\partial a_\ell}\Big)\frac{\partial a_\ell}{\partial z_\ell}\frac{\partial z_\ell}{\partial W_\ell}`,
  ask: "How does automatic differentiation apply the chain rule, and what does the chain run through?",
  answer:
    "Operations record a graph as the code runs. Backward walks it from the loss to the leaves once, multiplying the gradient of each node by its local derivatives and adding up where paths meet. The chain runs through the layers' activations; weights hang off it. Calling backward again adds to grad, and the graph is dropped unless retained.",
  pitfall:
    "Gradients add up across calls: forget zeroGrad and each step follows the sum of all gradients so far. Inside noGrad nothing is recorded.",
  level: "medium",
  whenNot:
    "For a function of few inputs and many outputs forward mode is cheaper: one pass per input. For a single derivative of cheap code central differences may do.",
  followUps: [
    {
      ask: "Reverse or forward mode: what does each cost?",
      answer:
        "One reverse pass gives one output's gradient in all inputs; one forward pass gives one input's effect on all outputs. Losses have one output, so training uses reverse; memory for the graph is its price.",
    },
    {
      ask: "What happens if gradients are never zeroed?",
      answer:
        "They add up, and each step follows the sum of all so far. Deliberate only for accumulation: several small batches make one large step.",
    },
  ],
  derivation: String.raw`Order the nodes so that each comes after its inputs. With $\bar v=\partial L/\partial v$ and $\bar L=1$, the chain rule over all uses of $v$ is $\bar v=\sum_{w\,\text{uses}\,v}\bar w\,\frac{\partial w}{\partial v}$. Walked backwards, every $\bar w$ is complete before it is used.

Each edge is visited once with one local product, so the whole gradient costs a small multiple of the forward pass, whatever the number of weights.

In a network $a_\ell$ feeds only $a_{\ell+1}$, so the sums form a chain of Jacobians through activations; the gradient of $W_\ell$ takes $\bar a_\ell$ from it and leaves. No weight is a function of another.`,
  errata: [
    {
      claim: "claim-b-074",
      claimed: "The gradient is dL/dWₙ · dWₙ/dWₙ₋₁ · …",
      truth:
        "Weights are not functions of each other: the chain runs through layer activations, and each weight's gradient branches off.",
    },
  ],
  covers: ["tensor/autograd", "claim-a-017", "claim-b-074"],
  verifiedAgainst: ["central differences for every entry", "products of layer Jacobians"],
  budget: "quick",
  controls: {
    depth: slider(2, 8, 4, { label: "layers" }),
    gain: slider(0.3, 2, 1, { label: "size of the weights", step: 0.1 }),
  },
  run(lab, { depth, gain }) {
    const width = 3;
    const random = lab.random();
    const normals = (shape: number[], requiresGrad = false) =>
      Tensor.from(
        Float64Array.from(
          { length: shape.reduce((a, b) => a * b, 1) },
          () => (gain * random.normal()) / Math.sqrt(width),
        ),
        { shape, requiresGrad },
      );
    const W = range(depth).map(() => normals([width, width], true));
    const x = normals([1, width]);
    const run = () => {
      const activations: Tensor[] = [x];
      for (const w of W) activations.push(activations.at(-1)!.matmul(w).tanh());
      return { activations, loss: activations.at(-1)!.square().sum() };
    };
    const { activations, loss } = run();
    loss.backward(undefined, { retainGraph: true });
    const once = W.map((w) => w.grad!.data());

    // The chain through activations, by hand: dL/da_l from dL/da_(l+1), then out to each weight.
    let back = activations.at(-1)!.detach().mul(2); // [1, width]
    const sizes: number[] = [];
    let worst = 0;
    for (let l = depth - 1; l >= 0; l--) {
      const local = activations[l + 1]!.detach().square().neg().add(1); // da/dz of tanh
      const dz = back.mul(local);
      const dW = activations[l]!.detach().transpose().matmul(dz).data();
      dW.forEach((v, i) => {
        worst = Math.max(worst, Math.abs(v - once[l]![i]!));
      });
      sizes.unshift(Math.hypot(...(dW as Float64Array)));
      back = dz.matmul(W[l]!.detach().transpose());
    }
    lab.check("gradients against the chain through activations: largest difference", worst, {
      atMost: 1e-14,
    });
    const inputs = grad([run().loss], W).map((g) => Math.hypot(...(g.detach().data() as Float64Array)));
    lab.plot(
      lines(
        { layer: range(depth).map((l) => l + 1), "‖∂L/∂W‖": inputs },
        {
          y: { scale: "log" },
          alt: "Size of the gradient of each layer's weights: small weights make it vanish towards the input, large ones saturate.",
        },
      ),
    );
    lab.check("sizes by grad() and by hand, last layer", inputs.at(-1)!, {
      equals: sizes.at(-1)!,
      relative: 1e-12,
    });

    // d f(g(x)) = f'(g(x)) g'(x), on a known pair.
    const t = Tensor.from(0.7, { ...f64, requiresGrad: true });
    t.square().sin().backward();
    lab.check("d sin(x²)/dx at 0.7", t.grad!.item(), { equals: Math.cos(0.49) * 1.4, within: 1e-15 });

    // Accumulation, dropping of the graph, no-grad scope, recording as code runs.
    loss.backward();
    lab.check("after a second backward the gradient is", W[0]!.grad!.data()[0]! / once[0]![0]!, {
      equals: 2,
      within: 1e-12,
    });
    let message = "";
    try {
      loss.backward();
    } catch (error) {
      message = (error as Error).message;
    }
    lab.check("a third, the graph not retained, says", message.includes("dropped by the first backward"), {
      equals: true,
    });
    lab.check("inside noGrad the result records nothing", noGrad(() => t.mul(2)).requiresGrad, {
      equals: false,
    });
    const loop = (n: number) => {
      const p = Tensor.from(1.1, { ...f64, requiresGrad: true });
      let h = p.mul(1);
      for (let i = 1; i < n; i++) h = h.mul(p);
      h.backward();
      return p.grad!.item();
    };
    lab.check("the graph follows a loop: d x⁵/dx at 1.1", loop(5), { equals: 5 * 1.1 ** 4, within: 1e-12 });
    lab.check("... and d x²/dx", loop(2), { equals: 2.2, within: 1e-12 });

    const report = gradcheck(() => run().loss, W);
    lab.note(report.message);
    lab.check("every weight's gradient against central differences", report.ok, { equals: true });
    lab.check("derivatives compared", report.checked, { equals: depth * width * width });
  },
});

/** The MLP step of rows/tensor.mjs in other JavaScript libraries, from the same weights and data. */

/** How many losses from the same start are compared. */
export const FIRST = 8;

const NAMES = ["1", "2", "3"];
const layersOf = (model) =>
  NAMES.map((name) => [model.weights[`${name}.weight`], model.weights[`${name}.bias`]]);

export async function tfjsMlp(model, { x, y }) {
  const tf = (await import("@tensorflow/tfjs")).default; // the core alone comes without gradients
  const { setThreadsCount } = await import("@tensorflow/tfjs-backend-wasm");
  setThreadsCount(2);
  await tf.setBackend("wasm");
  await tf.ready();
  const variables = layersOf(model).map((layer) =>
    layer.map(({ data, shape }) => tf.variable(tf.tensor(data, shape))),
  );
  const input = tf.tensor2d(x, [64, 784]);
  const labels = tf.oneHot(tf.tensor1d(y, "int32"), 10);
  let optimizer;
  const loss = () => {
    let h = input;
    variables.forEach(([weight, bias], i) => {
      h = tf.add(tf.matMul(h, weight), bias);
      if (i < 2) h = tf.relu(h);
    });
    return tf.losses.softmaxCrossEntropy(labels, h);
  };
  const step = () => {
    const value = optimizer.minimize(loss, true, variables.flat());
    const number = value.dataSync()[0];
    value.dispose();
    return number;
  };
  const restart = () => {
    optimizer?.dispose();
    optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
    layersOf(model).forEach((layer, i) => {
      layer.forEach(({ data, shape }, j) => {
        const values = tf.tensor(data, shape);
        variables[i][j].assign(values);
        values.dispose();
      });
    });
    return Array.from({ length: FIRST }, step);
  };
  return {
    losses: restart(),
    restart,
    run(count) {
      for (let i = 0; i < count; i++) step();
    },
    close: () => tf.disposeVariables(),
  };
}

export async function jaxMlp(model, { x, y }) {
  const { defaultDevice, init, jit, nn, numpy: np, valueAndGrad } = await import("@jax-js/jax");
  await init("wasm");
  defaultDevice("wasm");
  const filled = (value) => layersOf(model).flatMap((layer) => layer.map((w) => np.array(value(w), w)));
  let [params, m, v] = [[], [], []];
  const input = np.array(x, { shape: [64, 784] });
  const labels = nn.oneHot(np.array(y, { dtype: np.int32 }), 10);

  // Every use of an array but its last needs `ref`, which is how this library counts owners.
  const loss = (w, input, labels) => {
    let h = np.add(np.matmul(input, w[0]), w[1]);
    h = np.add(np.matmul(nn.relu(h), w[2]), w[3]);
    h = np.add(np.matmul(nn.relu(h), w[4]), w[5]);
    return np.negative(np.mean(np.sum(nn.logSoftmax(h, -1).mul(labels), -1)));
  };
  const adam = jit((params, m, v, input, labels, c1, c2) => {
    const [value, grads] = valueAndGrad(loss)(
      params.map((p) => p.ref),
      input,
      labels,
    );
    const nextM = m.map((s, i) => s.mul(0.9).add(grads[i].ref.mul(0.1)));
    const nextV = v.map((s, i) => s.mul(0.999).add(np.square(grads[i]).mul(0.001)));
    const next = params.map((p, i) => {
      const scale = np.sqrt(nextV[i].ref.div(c2.ref)).add(1e-8);
      return p.sub(nextM[i].ref.div(c1.ref).div(scale).mul(1e-3));
    });
    c1.dispose();
    c2.dispose();
    return [value, next, nextM, nextV];
  });
  let t = 0;
  const step = async () => {
    t++;
    const found = adam(params, m, v, input.ref, labels.ref, np.array(1 - 0.9 ** t), np.array(1 - 0.999 ** t));
    let value;
    [value, params, m, v] = found;
    return (await value.data())[0];
  };
  const restart = async () => {
    for (const array of [...params, ...m, ...v]) array.dispose();
    params = filled((w) => w.data.slice());
    m = filled((w) => new Float32Array(w.data.length));
    v = filled((w) => new Float32Array(w.data.length));
    t = 0;
    const losses = [];
    for (let i = 0; i < FIRST; i++) losses.push(await step());
    return losses;
  };
  return {
    losses: await restart(),
    restart,
    async run(count) {
      for (let i = 0; i < count; i++) await step();
    },
  };
}

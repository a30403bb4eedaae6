import { SVC } from "whetstone/svm";
import { Matrix, randomStream } from "whetstone/math";
const n=Number(process.argv[2]),d=28; const r = randomStream(1); const X=r.fillNormal(new Float64Array(n*d)); const y=new Float64Array(n); for(let i=0;i<n;i++){let s=0;for(let j=0;j<6;j++)s+=X[i*d+j]*(j%2?1:-1); s+=X[i*d]*X[i*d+1]*1.5; y[i]=s+1.0*r.normal()>0?1:0;}
const M=new Matrix(X,n,d);
let c=0;
for (const shrinking of [false,true]){const s=performance.now();const m=new SVC({shrinking}).fit(M,y,{onProgress(p){ if(c++<0)console.log(JSON.stringify(p)); if(performance.now()-s>15000)throw new Error("slow "+c)}});console.log(shrinking,(performance.now()-s).toFixed(0),JSON.stringify(m.pairs[0]),m.support.length, m.intercept[0])}

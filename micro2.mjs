import { createMetering } from './packages/instrumentation/dist/metering.js';
import { createRequire } from 'node:module';
const r=createRequire(new URL('./packages/node/package.json',import.meta.url));
const {MeterProvider}=r('@opentelemetry/sdk-metrics'); const T=r('@opentelemetry/sdk-trace');
const mp=new MeterProvider({readers:[]}); const tp=new T.TracerProvider({spanProcessors:[]});
const m=createMetering({},{meterProvider:()=>mp,tracerProvider:()=>tp});
const reqBody=Buffer.from(JSON.stringify({model:'gpt-4o',stream:true,messages:[{role:'user',content:'Hello'}]}));
const ev=f=>`data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-2024-08-06', ...f })}\n\n`;
const piece=ev({choices:[{index:0,delta:{content:'word '},finish_reason:null}]});
const big=Buffer.from(piece.repeat(100)); const single=Buffer.from(piece);
const h={'content-type':'text/event-stream'};
for(const [name,b,per,count] of [['64KB pieces',big,100,200],['one event a piece',single,1,20000]]) for(let rep=0;rep<4;rep++){
 const request={method:'POST',host:'127.0.0.1',port:3000,path:'/v1/chat/completions',header:n=>n==='content-type'?'application/json':undefined};
 const o=m.open(request); o.requestChunk(reqBody); o.responseStart({statusCode:200,header:n=>h[n],headersStartingWith:()=>({})});
 const t=performance.now(); for(let i=0;i<count;i++) o.responseChunk(b); const dt=performance.now()-t; o.responseEnd();
 if(rep===3) console.log(name,(dt*1000/(count*per)).toFixed(3),'µs per event');
}

import { createMetering } from './packages/instrumentation/dist/metering.js';
import { createRequire } from 'node:module';
const r=createRequire(new URL('./packages/node/package.json',import.meta.url));
const {MeterProvider,PeriodicExportingMetricReader}=r('@opentelemetry/sdk-metrics'); const T=r('@opentelemetry/sdk-trace');
const mp=new MeterProvider({readers:[]}); const proc={onStart(){},onEnd(){},forceFlush(){return Promise.resolve()},shutdown(){return Promise.resolve()}};
const tp=new T.TracerProvider({spanProcessors:[proc]});
const m=createMetering({},{meterProvider:()=>mp,tracerProvider:()=>tp});
const reqBody=Buffer.from(JSON.stringify({model:'gpt-4o',messages:[{role:'user',content:'Hello'}]}));
const resp=Buffer.from(JSON.stringify({id:'chatcmpl-bench',object:'chat.completion',created:1,model:'gpt-4o-2024-08-06',choices:[{index:0,message:{role:'assistant',content:'word '.repeat(50)},finish_reason:'stop'}],usage:{prompt_tokens:1000,completion_tokens:50,total_tokens:1050,prompt_tokens_details:{cached_tokens:200}}}));
const h={'content-type':'application/json','content-length':'500'};
function one(){
 const request={method:'POST',host:'127.0.0.1',port:3000,path:'/v1/chat/completions',header:n=>n==='content-type'?'application/json':undefined};
 const o=m.open(request); o.requestChunk(reqBody); o.responseStart({statusCode:200,header:n=>h[n],headersStartingWith:()=>({})}); o.responseChunk(resp); o.responseEnd();
}
for(let i=0;i<20000;i++) one();
await new Promise(r=>setTimeout(r,200));
const t=performance.now(); const N=100000; for(let i=0;i<N;i++) one(); console.log(((performance.now()-t)*1000/N).toFixed(2),'µs per call isolated');

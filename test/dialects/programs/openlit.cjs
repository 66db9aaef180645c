const { run, urls } = require('./program.cjs');

// OpenLIT fetches its price list from the internet; these stand in for it, so that the cost it writes can be seen.
const pricingJson = {
  chat: {
    'gpt-4o': { promptPrice: 0.0025, completionPrice: 0.01 },
    'claude-sonnet-4-5': { promptPrice: 0.003, completionPrice: 0.015 },
  },
};

exports.startOpenlit = () => {
  const { Openlit } = require('openlit');
  Openlit.init({
    applicationName: 'dialects',
    environment: 'test',
    otlpEndpoint: urls.other,
    disableBatch: true,
    pricingJson,
  });
};

if (require.main === module) {
  run(async () => {
    exports.startOpenlit();
    if (process.env.DIALECT === 'js-openlit-anthropic') {
      const { Anthropic } = require('@anthropic-ai/sdk');
      const { anthropicSteps } = require('./anthropic-steps.cjs');
      await anthropicSteps(() => new Anthropic({ baseURL: urls.anthropic, apiKey: 'none' }));
      return;
    }
    const { OpenAI } = require('openai');
    const { openaiSteps } = require('./openai-steps.cjs');
    await openaiSteps(() => new OpenAI({ baseURL: urls.openai, apiKey: 'none' }));
  });
}

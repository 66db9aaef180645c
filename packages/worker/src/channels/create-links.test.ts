import { expect, test } from 'vitest';
import { factsOf, STARTED } from '../alerts.test-kit.ts';
import { createLinks } from './create-links.ts';

const facts = factsOf('cost_per_request');

test('without a base URL nothing is linked', () => {
  expect(createLinks(facts, {})).toEqual({});
});

test('with one, page, runbook and the time range of the incident are', () => {
  expect(createLinks(facts, { baseUrl: 'https://spend.example.com/team/' })).toEqual({
    page: 'https://spend.example.com/team/?page=alerts#inc-cost_per_request-1',
    runbook: 'https://spend.example.com/team/runbooks/cost-per-request',
    dashboard: `https://spend.example.com/team/?from=${STARTED - 3_600_000}&to=${facts.epochMs}`,
  });
});

test('a dashboard elsewhere is filled in, and no name can change its address', () => {
  const labels = { service: 'a/b?c=d&e#f', feature: '{service}' };
  const hostile = { ...facts, finding: { ...facts.finding, labels } };
  const dashboardUrl =
    'https://grafana.example.com/d/x?from={from}&to={to}&var-s={service}&var-f={feature}&var-m={model}&r={rule}&n={nothing}{constructor}';
  const imageUrl = 'https://grafana.example.com/render/x?from={from}&f={feature}';
  expect(createLinks(hostile, { imageUrl }).image).toBe(
    `https://grafana.example.com/render/x?from=${STARTED - 3_600_000}&f=%7Bservice%7D`,
  );
  expect(createLinks(hostile, { dashboardUrl }).dashboard).toBe(
    `https://grafana.example.com/d/x?from=${STARTED - 3_600_000}&to=${facts.epochMs}&var-s=a%2Fb%3Fc%3Dd%26e%23f&var-f=%7Bservice%7D&var-m=&r=cost_per_request&n=`,
  );
});

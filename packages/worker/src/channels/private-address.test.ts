import { expect, test } from 'vitest';
import { isPrivateAddress } from './private-address.ts';

test.for([
  { address: '8.8.8.8', isPrivate: false },
  { address: '172.15.255.255', isPrivate: false },
  { address: '172.16.0.1', isPrivate: true },
  { address: '172.32.0.1', isPrivate: false },
  { address: '192.168.1.1', isPrivate: true },
  { address: '10.1.2.3', isPrivate: true },
  { address: '100.64.0.1', isPrivate: true },
  { address: '127.0.0.1', isPrivate: true },
  { address: '0.0.0.0', isPrivate: true },
  { address: '169.254.169.254', isPrivate: true },
  { address: '224.0.0.1', isPrivate: true },
  { address: '255.255.255.255', isPrivate: true },
  { address: '::1', isPrivate: true },
  { address: '[::1]', isPrivate: true },
  { address: '::', isPrivate: true },
  { address: 'fe80::1%eth0', isPrivate: true },
  { address: 'fec0::1', isPrivate: true },
  { address: 'fd00::1', isPrivate: true },
  { address: '::ffff:10.0.0.1', isPrivate: true },
  { address: '::ffff:a00:1', isPrivate: true },
  { address: '::ffff:8.8.8.8', isPrivate: false },
  { address: '::127.0.0.1', isPrivate: true },
  { address: '64:ff9b::7f00:1', isPrivate: true },
  { address: '2002:7f00:1::', isPrivate: true },
  { address: '2606:4700:4700::1111', isPrivate: false },
  { address: 'example.com', isPrivate: true },
  { address: '', isPrivate: true },
])('$address', ({ address, isPrivate }) => {
  expect(isPrivateAddress(address)).toBe(isPrivate);
});

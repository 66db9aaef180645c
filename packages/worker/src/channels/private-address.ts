import { BlockList, isIP, isIPv6 } from 'node:net';

/**
 * Networks that are not the public Internet: this host, private and shared networks, link-local (cloud metadata),
 * documentation, benchmarks, multicast, reserved, and IPv6 forms that hold an IPv4 address.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry and …ipv6-special-registry (checked 2026-11-21)
 */
const V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const V6 = [
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const;

const PRIVATE = createList();

function createList(): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of V4) list.addSubnet(network, prefix, 'ipv4');
  for (const [network, prefix] of V6) list.addSubnet(network, prefix, 'ipv6');
  return list;
}

/** True for an IP address outside the public Internet, and for text that is no IP address. */
export function isPrivateAddress(address: string): boolean {
  const bare = address.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  if (isIP(bare) === 0) return true;
  return PRIVATE.check(bare, isIPv6(bare) ? 'ipv6' : 'ipv4');
}

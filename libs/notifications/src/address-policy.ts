import { BlockList, isIP } from 'node:net';

/** What outgoing requests may reach. The default is the public internet over https alone. */
export interface AddressPolicy {
  /** Plain http and addresses of private networks too: for tests, and for installations that notify inside. */
  readonly isPrivateAllowed: boolean;
}

/** Networks that are not the public internet (IANA special-purpose registries): loopback, private, link-local with the clouds' metadata, CGNAT, multicast, reserved. */
const IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;

/** Of IPv6, only global unicast is let through; these are what is special within it. */
const IPV6_WITHIN_GLOBAL = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const;

const special = new BlockList();
for (const [net, prefix] of IPV4) special.addSubnet(net, prefix, 'ipv4');
for (const [net, prefix] of IPV6_WITHIN_GLOBAL) special.addSubnet(net, prefix, 'ipv6');
const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address belongs to the public internet. What is no address does not. IPv4 within IPv6 never does. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !special.check(address, 'ipv4');
    case 6:
      return globalUnicast.check(address, 'ipv6') && !special.check(address, 'ipv6');
    default:
      return false;
  }
}

/** The host of a URL without the brackets of IPv6. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** What can be said of a URL before its name is resolved: https, no credentials, no address that is not public. */
export function isAllowedUrl(text: string, { isPrivateAllowed }: AddressPolicy): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return false;
  if (isPrivateAllowed) return url.protocol === 'https:' || url.protocol === 'http:';
  if (url.protocol !== 'https:') return false;
  const host = hostOf(url);
  if (isIP(host) !== 0) return isPublicAddress(host);
  return !/^(localhost|.*\.(localhost|local|internal))\.?$/i.test(host);
}

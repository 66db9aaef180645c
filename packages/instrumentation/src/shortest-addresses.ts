/** A text with every IPv6 address in brackets written as URLs have it: `[0:0:0:0:0:0:0:1]:8080` is `[::1]:8080`. */
export function shortestAddresses(text: string): string {
  return text.replaceAll(
    /\[[0-9a-f:.]+\]/gi,
    (address) => URL.parse(`http://${address}`)?.hostname ?? address,
  );
}

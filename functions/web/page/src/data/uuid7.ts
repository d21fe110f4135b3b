/** A UUIDv7 (RFC 9562): sorts by the moment it was made. Ids of tasks and commands are made here, so a retry has one effect. */
export function uuid7(now = later(), random = crypto.getRandomValues(new Uint8Array(10))): string {
  const time = now.toString(16).padStart(12, '0');
  random[0] = (random[0]! & 0x0f) | 0x70;
  random[2] = (random[2]! & 0x3f) | 0x80;
  const rest = Array.from(random, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${time.slice(0, 8)}-${time.slice(8)}-${rest.slice(0, 4)}-${rest.slice(4, 8)}-${rest.slice(8)}`;
}

let last = 0;

/** Now, or a little after the one before: ids made here sort in the order in which they were made. */
const later = () => (last = Math.max(Date.now(), last + 1));

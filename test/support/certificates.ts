/** Certificates of a private authority, made anew for each run: good ones, and one of each fault. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A key and its certificate, as Node's TLS servers take them. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

export interface Certificates {
  /** The certificate of the authority. */
  readonly ca: string;
  /** Of this machine, by the authority. */
  readonly good: KeyPair;
  /** The same, and it has ended. */
  readonly expired: KeyPair;
  /** By the authority, of another host. */
  readonly otherHost: KeyPair;
  /** Of this machine, by itself. */
  readonly selfSigned: KeyPair;
}

/** Node signs no certificates; `openssl` does. */
export function createCertificates(): Certificates {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-ca-"));
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync(process.env["OPENSSL_PATH"] ?? "openssl", args, {
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
  };
  const read = (name: string): KeyPair => ({
    key: readFileSync(file(`${name}.key`), "utf8"),
    cert: readFileSync(file(`${name}.pem`), "utf8"),
  });
  const KEY = ["-newkey", "rsa:2048", "-nodes"];
  const create = (name: string, names: string, ...how: string[]): KeyPair => {
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`];
    openssl(
      "req",
      "-x509",
      ...KEY,
      "-keyout",
      file(`${name}.key`),
      "-out",
      file(`${name}.pem`),
      ...subject,
      ...how,
    );
    return read(name);
  };
  const sign = (name: string, names: string, days: number): KeyPair => {
    const request = file(`${name}.csr`);
    const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=${names}`];
    openssl("req", "-new", ...KEY, "-keyout", file(`${name}.key`), "-out", request, ...subject);
    const authority = ["-CA", file("ca.pem"), "-CAkey", file("ca.key"), "-CAcreateserial"];
    const end = ["-days", String(days), "-out", file(`${name}.pem`)];
    openssl("x509", "-req", "-in", request, ...authority, "-copy_extensions", "copyall", ...end);
    return read(name);
  };
  try {
    const authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-days", "2"];
    const { cert: ca } = create("ca", "DNS:ca.example", ...authority);
    const local = "DNS:localhost,IP:127.0.0.1,IP:::ffff:127.0.0.1";
    return {
      ca,
      good: sign("good", local, 1),
      // It ends before it begins.
      expired: sign("expired", local, -1),
      otherHost: sign("other", "DNS:other.example", 1),
      selfSigned: create("self", local, "-days", "1"),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

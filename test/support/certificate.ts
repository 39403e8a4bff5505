import { createHash, X509Certificate } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate of 127.0.0.1 for a day, for what browsers do over TLS only. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** The value of `--ignore-certificate-errors-spki-list`: the digest of its public key. */
  readonly fingerprint: string;
}

/** Made anew for each run, so that no key lies in the repository. Node signs no certificates; `openssl` does. */
export function createCertificate(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "rumkit-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const args = `req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`;
  const { status, stderr } = spawnSync(process.env["OPENSSL_PATH"] ?? "openssl", args.split(" "), {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
  const made = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  rmSync(folder, { recursive: true });
  const publicKey = new X509Certificate(made.cert).publicKey.export({ type: "spki", format: "der" });
  return { ...made, fingerprint: createHash("sha256").update(publicKey).digest("base64") };
}

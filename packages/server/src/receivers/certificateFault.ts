/** An error of a certificate. */
interface CertificateFault {
  /** Node's code. */
  readonly code: string;
  /** The beginning of its message: nodemailer replaces the code. */
  readonly message: string;
  readonly sentence: string;
}

const UNKNOWN = "Its certificate is of an authority that is unknown here";

/**
 * Sources: `X509_verify_cert_error_string` of OpenSSL, whose errors Node names (https://nodejs.org/api/tls.html#x509-certificate-error-codes),
 * and `tls.checkServerIdentity`.
 */
const FAULTS: readonly CertificateFault[] = [
  {
    code: "CERT_HAS_EXPIRED",
    message: "certificate has expired",
    sentence: "Its certificate has expired",
  },
  {
    code: "CERT_NOT_YET_VALID",
    message: "certificate is not yet valid",
    sentence: "Its certificate is not valid yet",
  },
  {
    code: "ERR_TLS_CERT_ALTNAME_INVALID",
    message: "Hostname/IP does not match certificate's altnames",
    sentence: "Its certificate is of another host",
  },
  // Before the next one, whose message is the beginning of this.
  {
    code: "SELF_SIGNED_CERT_IN_CHAIN",
    message: "self-signed certificate in certificate chain",
    sentence: UNKNOWN,
  },
  {
    code: "DEPTH_ZERO_SELF_SIGNED_CERT",
    message: "self-signed certificate",
    sentence: "Its certificate is self-signed",
  },
  {
    code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    message: "unable to verify the first certificate",
    sentence: UNKNOWN,
  },
  {
    code: "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
    message: "unable to get local issuer certificate",
    sentence: UNKNOWN,
  },
  { code: "UNABLE_TO_GET_ISSUER_CERT", message: "unable to get issuer certificate", sentence: UNKNOWN },
];

/** Errors that end once the authority is known. */
const WITHOUT_AUTHORITY = /SELF_SIGNED|ISSUER|VERIFY_LEAF/;

/** Returns the fault of a service's certificate, and what to do; undefined for any other error. */
export function certificateFault(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const own: unknown = "code" in error ? error.code : undefined;
  const fault =
    FAULTS.find(({ code }) => code === own) ??
    FAULTS.find(({ message }) => error.message.startsWith(message));
  if (!fault) return undefined;
  const advice = WITHOUT_AUTHORITY.test(fault.code)
    ? " Start the process with NODE_EXTRA_CA_CERTS, the file of its authority."
    : "";
  return `${fault.sentence}: ${fault.code}.${advice}`;
}

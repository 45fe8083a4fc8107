import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Paths of a certificate and its key in PEM. */
export interface CertificateFiles {
  cert: string;
  key: string;
}

/** An authority of its own, with the `openssl` program, in `folder`. */
export class TestAuthority {
  readonly #folder: string;
  readonly #name: string;
  #count = 0;

  private constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
  }

  static async make(folder: string, name: string): Promise<TestAuthority> {
    const authority = new TestAuthority(folder, name);
    const { cert, key } = authority.files;
    await run("openssl", [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
      ...["-subj", `/CN=${name}`, "-keyout", key, "-out", cert],
    ]);
    return authority;
  }

  get files(): CertificateFiles {
    return { cert: join(this.#folder, `${this.#name}.pem`), key: join(this.#folder, `${this.#name}.key`) };
  }

  /** Signs a certificate for these names (`DNS:localhost`, `IP:127.0.0.1`). `days: -1`: it has expired. */
  async sign(names: string, o: { days?: number } = {}): Promise<CertificateFiles> {
    const base = join(this.#folder, `${this.#name}-${++this.#count}`);
    await writeFile(`${base}.ext`, `subjectAltName=${names}\nextendedKeyUsage=serverAuth,clientAuth\n`);
    await run("openssl", [
      ...["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=test"],
      ...["-keyout", `${base}.key`, "-out", `${base}.csr`],
    ]);
    await run("openssl", [
      ...["x509", "-req", "-in", `${base}.csr`, "-CA", this.files.cert, "-CAkey", this.files.key, "-CAcreateserial"],
      ...["-days", String(o.days ?? 2), "-extfile", `${base}.ext`, "-out", `${base}.pem`],
    ]);
    return { cert: `${base}.pem`, key: `${base}.key` };
  }
}

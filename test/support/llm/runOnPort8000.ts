import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { LLM_FOLDER, LLM_PROGRAM } from "./startLlm.ts";

/**
 * A websocat in ten lines, for machines without one: a line is a message, a message is
 * a line, and the end of the input closes the connection.
 */
const STAND_IN = `
import { createInterface } from "node:readline";
import { WebSocket } from ${JSON.stringify(import.meta.resolve("ws"))};
const ws = new WebSocket(process.argv[2]);
ws.on("message", (data) => console.log(String(data)));
await new Promise((resolve) => ws.once("open", resolve));
for await (const line of createInterface({ input: process.stdin })) ws.send(line);
ws.close();
`;

/** Starts the interface of a new network, of which Python knows enough: `ip` is not on every machine. */
const LOOPBACK_UP = `import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 1))`;

/**
 * Starts the world with its load on port 8000 of a network that only its clients share, runs them, and returns what they
 * print; or the reason why this machine cannot. Port 8000 of the machine is not used.
 */
export async function runOnPort8000(clients: {
  readonly python: string;
  readonly shell: string;
}): Promise<string | { readonly missing: string }> {
  const modules = process.env["PYTHON_WEBSOCKETS_PATH"];
  if (modules === undefined) return { missing: "No WebSockets for Python." };
  if (spawnSync("unshare", ["--net", "true"]).status !== 0) return { missing: "unshare failed." };
  const folder = await mkdtemp(join(tmpdir(), "rumkit-port-"));
  try {
    await writeFile(join(folder, "loopback.py"), LOOPBACK_UP);
    await writeFile(join(folder, "client.py"), clients.python);
    await writeFile(join(folder, "client.sh"), clients.shell);
    await writeFile(join(folder, "standIn.mjs"), STAND_IN);
    await writeFile(
      join(folder, "websocat"),
      `#!/bin/sh\nexec "${process.execPath}" "${folder}/standIn.mjs" "$@"\n`,
    );
    await chmod(join(folder, "websocat"), 0o755);
    await writeFile(join(folder, "run.sh"), SCRIPT);
    const child = spawn("unshare", ["--net", "sh", join(folder, "run.sh"), folder, ...LLM_PROGRAM], {
      cwd: LLM_FOLDER,
      env: {
        ...process.env,
        PORT: "8000",
        NODE: process.execPath,
        PYTHONPATH: dirname(modules),
        // A real websocat comes first.
        PATH: `${process.env["PATH"]}${delimiter}${folder}`,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    return output;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Both clients wait for a line of the server; that for Python would never end by itself. */
const SCRIPT = `
folder=$1; shift
python3 "$folder/loopback.py"
mkfifo "$folder/ready"
"$NODE" "$@" > "$folder/ready" & server=$!
exec 3< "$folder/ready"
while read -r line <&3; do case "$line" in Load*) break;; esac; done
sh "$folder/client.sh"
python3 -u "$folder/client.py" > "$folder/python" 2>&1 & python=$!
until grep -q "^Latency" "$folder/python" || ! kill -0 $python; do sleep 0.1; done
cat "$folder/python"
kill $python; wait $python
kill $server; wait $server
`;

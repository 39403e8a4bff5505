export default { telemetry: false, build: { format: "file" } };

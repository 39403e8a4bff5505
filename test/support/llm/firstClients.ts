/**
 * The three clients of the protocol's first description, letter for letter: they have to work as they were written. Each connects to
 * `localhost:8000`.
 */

export const FIRST_PYTHON = `
import asyncio
import json
import websockets

async def stream_metrics():
    uri = "ws://localhost:8000/metrics/stream"

    async with websockets.connect(uri) as websocket:
        # Receive historical data
        message = await websocket.recv()
        data = json.loads(message)
        print(f"Historical data: {data}")

        # Subscribe to specific metrics
        await websocket.send(json.dumps({
            "type": "subscribe",
            "filters": {
                "endpoint": "/v1/chat/completions",
                "interval": 2.0
            }
        }))

        # Receive metrics updates
        async for message in websocket:
            data = json.loads(message)
            if data["type"] == "metrics_update":
                print(f"Throughput: {data['data']['throughput']}")
                print(f"Latency: {data['data']['latency']}")

asyncio.run(stream_metrics())
`;

export const FIRST_JAVASCRIPT = `
const ws = new WebSocket('ws://localhost:8000/metrics/stream');

ws.onopen = () => {
    console.log('Connected');

    // Subscribe to metrics
    ws.send(JSON.stringify({
        type: 'subscribe',
        filters: {
            endpoint: '/v1/chat/completions',
            interval: 1.0
        }
    }));
};

ws.onmessage = (event) => {
    const data = JSON.parse(event.data);

    if (data.type === 'metrics_update') {
        console.log('Throughput:', data.data.throughput);
        console.log('Latency:', data.data.latency);
    }
};
`;

/** A line for a shell, with `websocat`. */
export const FIRST_SHELL = `
echo '{"type":"subscribe","filters":{"endpoint":"/v1/chat/completions","interval":2.0}}' | \\
    websocat ws://localhost:8000/metrics/stream
`;

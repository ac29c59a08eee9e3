#!/usr/bin/python3
"""A small admin service that counts its requests for Prometheus.

    app.py [PORT [PORT_FILE]]

PORT 0, the default, takes any free one; the bound port is printed, and written to
PORT_FILE if that is given.
"""

import logging
import os
import sys

from flask import Flask, Response, abort, jsonify, request
from prometheus_client import Counter, generate_latest
from werkzeug.serving import WSGIRequestHandler, make_server

USERS = {1: {"id": 1, "name": "ada"}, 2: {"id": 2, "name": "grace"}}

REQUESTS = Counter(
    "http_requests", "Requests answered.", ["method", "endpoint", "status"]
)

app = Flask(__name__)


@app.after_request
def count(response):
    """Every answer counts, but for the scrapes that read the count."""
    if request.endpoint != "metrics":
        endpoint = request.endpoint or "unknown"
        REQUESTS.labels(request.method, endpoint, response.status_code).inc()
    return response


@app.get("/")
def index():
    return jsonify(service="flask-admin", users=len(USERS))


@app.get("/users")
def users():
    return jsonify(list(USERS.values()))


@app.get("/users/<int:user_id>")
def user(user_id):
    return jsonify(USERS[user_id]) if user_id in USERS else abort(404)


@app.get("/metrics")
def metrics():
    return Response(generate_latest(), mimetype="text/plain")


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # keep-alive
    server = make_server("127.0.0.1", port, app, threaded=True)
    print(server.server_port, flush=True)
    if len(sys.argv) > 2:
        with open(sys.argv[2] + ".tmp", "w", encoding="ascii") as file:
            file.write(f"{server.server_port}\n")
        os.rename(sys.argv[2] + ".tmp", sys.argv[2])
    server.serve_forever()


if __name__ == "__main__":
    main()

"""A client that sends any bytes: http.client refuses most of what the tests want to send."""

import http.client
import socket


class RawClient:
    """One connection to a server, opened anew when the server has closed it."""

    def __init__(self, port):
        self.port = port
        self.socket = None

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def send(self, method, target, headers=(), body=b""):
        """The status and the body of the answer. Target, names and values of headers are bytes."""
        lines = [method.encode() + b" " + target + b" HTTP/1.1", b"Host: test",
                 *(name + b": " + value for name, value in headers),
                 b"Content-Length: " + str(len(body)).encode(), b"", b""]
        return self.exchange(b"\r\n".join(lines) + body, method)

    def exchange(self, data, method="POST"):
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), 60)
        self.socket.sendall(data)
        answer = http.client.HTTPResponse(self.socket, method=method)
        answer.begin()
        body = answer.read()
        if answer.will_close:
            self.close()
        return answer.status, body


def whole_answer(port, data):
    """All that the server sends to a client that sends `data` and then nothing any more."""
    with socket.create_connection(("127.0.0.1", port), 60) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := client.recv(65536):
                answer += piece
        except ConnectionResetError:
            pass  # it was told enough
        return answer

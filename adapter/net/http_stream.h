// HttpStream: the bytes of one connection of the server, in the clear or through TLS.
//
// Why not asio::ssl::stream: it keeps some 70 KiB of buffers per connection, idle or
// not. Here OpenSSL reads and writes the socket itself and this waits until it can.
//
// Order       At most one read and one write at a time; of TLS one of either.
// Ownership   Owns the socket and the session.
// Threads     On the socket's strand. The process ignores SIGPIPE (app.h): OpenSSL
//             writes with write(2).
// Cost        An idle TLS connection: about 20 KiB.
#ifndef TACHO_ADAPTER_NET_HTTP_STREAM_H_
#define TACHO_ADAPTER_NET_HTTP_STREAM_H_

#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "adapter/net/asio.h"
#include "adapter/net/openssl.h"

namespace tacho::adapter {

class HttpStream {
 public:
  // Called on the strand, never from within the function that was given it.
  using Done = std::function<void(const ErrorCode& error, size_t bytes)>;

  // The socket's executor is a strand. `tls` may be null: bytes in the clear.
  HttpStream(Tcp::socket socket, SslPtr tls);

  [[nodiscard]] Tcp::socket::executor_type executor() { return socket_.get_executor(); }
  // Null in the clear. After Handshake it knows the client's certificate.
  [[nodiscard]] SSL* tls() const { return tls_.get(); }

  // Only with TLS, before anything else.
  void Handshake(Done done);
  void ReadSome(asio::mutable_buffer buffer, Done done);
  // All of it.
  void Write(asio::const_buffer buffer, Done done);

  // While nothing else is under way: done, without an error, once the other side has ended or
  // is gone. More bytes from it stay where they are, and are an error; so is StopAwaiting.
  void AwaitEnd(Done done);
  void StopAwaiting();

  // No more is sent; the other side sees an end and not a reset. Nothing after Close.
  void ShutdownSend();
  // Takes bytes off the socket as they are, after ShutdownSend.
  void DrainSome(asio::mutable_buffer buffer, Done done);
  // What is under way ends with an error.
  void Close();

 private:
  using Step = std::function<int()>;
  enum class Peeked : uint8_t { kNothing, kBytes, kEnd };
  Peeked Peek();
  void Run(Step step, Done done, bool posted);
  void WriteRest(asio::const_buffer rest, size_t written, Done done);

  Tcp::socket socket_;
  SslPtr tls_;
  uint64_t wait_ = 0;           // which AwaitEnd counts
  bool plain_request_ = false;  // HTTP came where TLS was expected
};

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_HTTP_STREAM_H_

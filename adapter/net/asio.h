// The one door to Boost.Asio. Separate compilation keeps its implementation in
// asio.cc: the other sources that include this file compile in half the time.
//
// Threads     A socket or timer is used on its strand only.
#ifndef TACHO_ADAPTER_NET_ASIO_H_
#define TACHO_ADAPTER_NET_ASIO_H_

#define BOOST_ASIO_SEPARATE_COMPILATION 1

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

namespace tacho::adapter {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;
using Tcp = asio::ip::tcp;
using Strand = asio::strand<asio::io_context::executor_type>;

}  // namespace tacho::adapter

#endif  // TACHO_ADAPTER_NET_ASIO_H_

#include "launch/stop_signal.hpp"

#include <csignal>

namespace sslslr {
namespace {

volatile std::sig_atomic_t arrived = 0;  // the one thing a signal handler may write

}  // namespace

void catch_stop_signals() {
    for (const int signal : {SIGTERM, SIGUSR1}) {
        std::signal(signal, [](int) { arrived = 1; });
    }
}

bool stop_signal_arrived() {
    return arrived != 0;
}

}  // namespace sslslr

#include "launch/signal_thread.hpp"

#include <csignal>
#include <thread>

#include <pthread.h>
#include <unistd.h>

namespace sslslr {
namespace {

/// Returns the signals that schedulers, launchers and terminals send. SIGUSR2 is not among them, because
/// LibTorch uses it in a crash to request the stack of each thread.
sigset_t sent_to_processes() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1}) {
        sigaddset(&signals, signal);
    }
    return signals;
}

void set_mask(int how) {
    const auto signals = sent_to_processes();
    pthread_sigmask(how, &signals, nullptr);
}

}  // namespace

void receive_signals_apart() {
    std::thread{[] {
        for (;;) {
            ::pause();
        }
    }}.detach();
    set_mask(SIG_BLOCK);
    pthread_atfork(nullptr, nullptr, [] { set_mask(SIG_UNBLOCK); });
}

}  // namespace sslslr

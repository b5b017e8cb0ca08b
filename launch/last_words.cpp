#include "launch/last_words.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>

#include <c10/util/Backtrace.h>
#include <c10/util/signal_handler.h>
#include <fmt/format.h>
#include <unistd.h>

#include "dist/activity.hpp"
#include "dist/mpi_session.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

std::array<char, 512> who{};  ///< name for the signal handler, which may not call MPI

constexpr std::array crashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
constexpr unsigned longest_report = 10;          // s
std::array<struct sigaction, NSIG> reporters{};  ///< LibTorch's handlers, by signal
std::atomic_flag is_reporting = ATOMIC_FLAG_INIT;

/// The first handler. LibTorch's, called next, allocates memory and may never return if the heap is damaged:
/// an alarm limits its time.
void report(int signal, siginfo_t* information, void* context) {
    if (!is_reporting.test_and_set()) {  // a second crash must not extend the time
        std::signal(SIGALRM, SIG_DFL);
        alarm(longest_report);
    }
    reporters[static_cast<std::size_t>(signal)].sa_sigaction(signal, information, context);
}

/// The last handler, called by LibTorch's after it has printed the stacks.
void say_who_and_die(int signal) {
    const auto activity = dist::current_activity();
    std::array<char, 1024> text{};
    const int length =
        std::snprintf(text.data(), text.size(), "sslslr: %s crashed: signal %d, in step %lld%s%s\n",
                      who.data(), signal, static_cast<long long>(activity.step),
                      activity.waits() ? ", waiting in " : "", activity.collective.data());
    static_cast<void>(!write(STDERR_FILENO, text.data(), static_cast<std::size_t>(length)));
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

[[noreturn]] void end_by_uncaught_exception() {
    std::string what = "unknown";
    try {
        if (const auto error = std::current_exception()) {
            std::rethrow_exception(error);
        }
    } catch (const std::exception& error) {
        what = error.what();
    } catch (...) {
    }
    fmt::print(stderr, "sslslr: {}: uncaught exception: {}\n{}\n", who.data(), io::as_options(what),
               c10::get_backtrace());
    dist::abort_job(exit_rank_failed);
}

}  // namespace

std::string who_and_where(int rank) {
    const auto step = dist::current_activity().step;
    return dist::name_of_this_process(rank) + (step == 0 ? "" : fmt::format(", in step {}", step));
}

void leave_last_words(int rank) {
    std::snprintf(who.data(), who.size(), "%s", dist::name_of_this_process(rank).c_str());
    std::set_terminate(end_by_uncaught_exception);
#ifndef __SANITIZE_ADDRESS__
    for (const int signal : crashes) {
        struct sigaction action {};
        action.sa_handler = say_who_and_die;
        sigemptyset(&action.sa_mask);
        action.sa_flags = SA_NODEFER;
        sigaction(signal, &action, nullptr);
    }
    struct sigaction interrupt {};  // kept: LibTorch would treat Ctrl-C as a crash
    sigaction(SIGINT, nullptr, &interrupt);
    c10::FatalSignalHandler::getInstance().setPrintStackTracesOnFatalSignal(true);
    sigaction(SIGINT, &interrupt, nullptr);
    for (const int signal : crashes) {
        auto& reporter = reporters[static_cast<std::size_t>(signal)];
        sigaction(signal, nullptr, &reporter);
        if ((reporter.sa_flags & SA_SIGINFO) == 0) {
            continue;  // not one of LibTorch's
        }
        auto first = reporter;
        first.sa_sigaction = report;
        sigaction(signal, &first, nullptr);
    }
#endif
}

}  // namespace sslslr

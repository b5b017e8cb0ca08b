#include "launch/standard_output.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "io/file/data_error.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

/// A stream's file descriptor and its first error.
struct StreamTarget {
    int descriptor;
    std::atomic<int> problem{0};  ///< errno
};

StreamTarget stdout_target{STDOUT_FILENO};
StreamTarget stderr_target{STDERR_FILENO};
bool stdout_is_progress = false;

/// Waits until a non-blocking descriptor accepts more output.
/// @param code  errno of the failed write
/// @return false if writing again is pointless
bool may_try_again(int descriptor, int code) {
    if (code == EAGAIN) {
        pollfd wanted{.fd = descriptor, .events = POLLOUT, .revents = 0};
        ::poll(&wanted, 1, -1);
    }
    return code == EAGAIN || code == EINTR;
}

/// Writes all bytes or records the error. Always reports success, because callers could not handle a failure.
ssize_t write_or_note(void* cookie, const char* bytes, std::size_t count) {
    auto& target = *static_cast<StreamTarget*>(cookie);
    for (std::size_t done = 0; done < count;) {
        const auto written = ::write(target.descriptor, bytes + done, count - done);
        if (written >= 0) {
            done += static_cast<std::size_t>(written);
        } else if (const int code = errno; !may_try_again(target.descriptor, code)) {
            int none = 0;
            target.problem.compare_exchange_strong(none, code);
            break;
        }
    }
    return static_cast<ssize_t>(count);
}

/// Opens a closed descriptor on /dev/null in the wrong mode, so that using it is still an error.
void occupy(int descriptor, int access) {
    if (::fcntl(descriptor, F_GETFD) == -1 && errno == EBADF) {
        const int opened = ::open("/dev/null", access);  // gets the lowest free number: this one
        if (opened > descriptor) {
            ::close(opened);
        }
    }
}

std::FILE* stream_to(StreamTarget& target, int buffering) {
    std::FILE* const stream = ::fopencookie(
        &target, "w", {.read = nullptr, .write = write_or_note, .seek = nullptr, .close = nullptr});
    std::setvbuf(stream, nullptr, buffering, BUFSIZ);
    return stream;
}

}  // namespace

void guard_standard_streams() {
    occupy(STDIN_FILENO, O_WRONLY);
    occupy(STDOUT_FILENO, O_RDONLY);
    occupy(STDERR_FILENO, O_RDONLY);
    std::signal(SIGPIPE, SIG_IGN);
    stdout = stream_to(stdout_target, _IOLBF);  // by line, so that logs show progress
    stderr = stream_to(stderr_target, _IONBF);
}

void output_is_progress() {
    stdout_is_progress = true;
}

void check_standard_output(int exit_code) {
    std::fflush(stdout);
    const int problem = stdout_target.problem.exchange(0);
    if (problem == 0) {
        return;
    }
    const auto what = std::generic_category().message(problem);
    if (stdout_is_progress || exit_code != exit_done) {
        print_warning(
            fmt::format("standard output: cannot be written: {}: the rest of the output is lost", what));
        return;
    }
    throw io::DataError{"standard output",
                        fmt::format("cannot be written: {}: the printed output is incomplete; files that "
                                    "the command writes are complete",
                                    what)};
}

}  // namespace sslslr

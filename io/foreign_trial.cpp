#include "io/foreign_trial.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <span>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/data_error.hpp"

namespace sslslr::io {
namespace {

constexpr std::string_view remedy =
    "; if the file is sound, rewrite it with h5repack, or import it anew with `sslslr prepare`";

enum class Outcome : char { done = 'd', refused = 'r' };

void limit(int resource, rlim_t value) {
    const rlimit both{.rlim_cur = value, .rlim_max = value};
    ::setrlimit(resource, &both);
}

std::uint64_t address_space_in_use() {
    std::uint64_t pages = 0;
    std::ifstream{"/proc/self/statm"} >> pages;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void restrict_child(std::uint64_t file_bytes) {
    for (const int signal : {SIGALRM, SIGXCPU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGPIPE}) {
        std::signal(signal, SIG_DFL);  // MPI and LibTorch install handlers that print or wait
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) {
        ::dup2(nowhere, STDERR_FILENO);  // the C library's own last words
    }
    const auto seconds = static_cast<unsigned>(5 + file_bytes / 20'000'000);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_CPU, seconds);
    if (const auto in_use = address_space_in_use(); in_use > 0) {
        limit(RLIMIT_AS, in_use + (std::uint64_t{1} << 30) + 4 * file_bytes);
    }
    ::alarm(seconds);
}

void write_all(int pipe, const void* data, std::size_t bytes) {
    for (const char* at = static_cast<const char*>(data); bytes > 0;) {
        const auto count = ::write(pipe, at, bytes);
        if (count <= 0) {
            ::_exit(1);
        }
        at += count;
        bytes -= static_cast<std::size_t>(count);
    }
}

void answer(int pipe, Outcome outcome, const void* data, std::size_t bytes) {
    write_all(pipe, &outcome, 1);
    write_all(pipe, data, bytes);
}

[[noreturn]] void be_child(int pipe, std::uint64_t file_bytes, const std::string& prefix,
                           const std::function<std::vector<std::uint64_t>()>& work) {
    restrict_child(file_bytes);
    try {
        const auto result = work();
        answer(pipe, Outcome::done, result.data(), result.size() * sizeof(std::uint64_t));
    } catch (const std::exception& error) {
        std::string text = error.what();
        if (text.starts_with(prefix)) {
            text.erase(0, prefix.size());  // the parent's DataError names the file again
        }
        answer(pipe, Outcome::refused, text.data(), text.size());
    }
    ::_exit(0);  // not exit: the parent's buffers and handlers are not ours to flush or run
}

std::string read_until_closed(int pipe) {
    std::string all;
    std::array<char, 65536> piece{};
    for (;;) {
        const auto count = ::read(pipe, piece.data(), piece.size());
        if (count > 0) {
            all.append(piece.data(), static_cast<std::size_t>(count));
        } else if (count == 0 || errno != EINTR) {
            return all;
        }
    }
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

}  // namespace

std::vector<std::uint64_t> run_in_child(const std::filesystem::path& path,
                                        const std::function<std::vector<std::uint64_t>()>& work) {
    const auto file_bytes = std::filesystem::file_size(path);
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw DataError{path, "cannot make a pipe to the process that tries the file"};
    }
    const pid_t child = ::fork();
    if (child == 0) {
        be_child(ends[1], file_bytes, path.string() + ": ", work);
    }
    ::close(ends[1]);
    const auto text = child < 0 ? std::string{} : read_until_closed(ends[0]);
    ::close(ends[0]);
    if (child < 0) {
        throw DataError{path, "cannot start the process that tries the file"};
    }
    const int status = wait_for(child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || text.empty()) {
        throw DataError{path,
                        "libhdf5 cannot read it: tried in a process of its own, it " +
                            (WIFSIGNALED(status) ? std::string{"ended with "} + ::strsignal(WTERMSIG(status))
                                                 : std::string{"ended without an answer"}) +
                            std::string{remedy}};
    }
    const auto content = std::string_view{text}.substr(1);
    if (static_cast<Outcome>(text.front()) == Outcome::refused) {
        throw DataError{path, std::string{content}};
    }
    std::vector<std::uint64_t> result(content.size() / sizeof(std::uint64_t));
    if (!result.empty()) {  // of nothing, data() may be a null pointer, which memcpy must not get
        std::memcpy(result.data(), content.data(), result.size() * sizeof(std::uint64_t));
    }
    return result;
}

}  // namespace sslslr::io

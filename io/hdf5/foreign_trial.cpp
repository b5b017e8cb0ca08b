#include "io/hdf5/foreign_trial.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/file/data_error.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view remedy =
    "; if the file is sound, rewrite it with h5repack, or import it again with `sslslr prepare`";

enum class Outcome : std::uint64_t { done, refused };

/// Precedes each answer in the pipe.
struct AnswerHead {
    Outcome outcome;
    std::uint64_t bytes;
};

std::uint64_t bytes_of(const fs::path& file) {
    std::error_code error;  // the reader names the problem
    const auto bytes = fs::file_size(file, error);
    return error ? 0 : bytes;
}

unsigned seconds_for(std::uint64_t file_bytes) {
    return static_cast<unsigned>(5 + file_bytes / 20'000'000);
}

unsigned seconds_by_the_clock(std::uint64_t file_bytes) {
    return 60 + 20 * seconds_for(file_bytes);
}

std::uint64_t memory_for(std::uint64_t file_bytes) {
    return (std::uint64_t{1} << 30) + 4 * file_bytes;
}

/// Sets a soft limit, which can be changed again.
void limit(int resource, rlim_t value) {
    rlimit both{};
    ::getrlimit(resource, &both);
    both.rlim_cur = std::min(value, both.rlim_max);
    ::setrlimit(resource, &both);
}

std::uint64_t address_space_in_use() {
    std::uint64_t pages = 0;
    std::ifstream{"/proc/self/statm"} >> pages;
    return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void limit_time(std::uint64_t file_bytes) {
    const auto seconds = seconds_for(file_bytes);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    limit(RLIMIT_CPU, static_cast<rlim_t>(used.ru_utime.tv_sec + used.ru_stime.tv_sec + 1) + seconds);
    ::alarm(seconds_by_the_clock(file_bytes));
}

void limit_memory(std::uint64_t file_bytes) {
    limit(RLIMIT_AS, RLIM_INFINITY);
    if (const auto in_use = address_space_in_use(); in_use > 0) {
        limit(RLIMIT_AS, in_use + memory_for(file_bytes));
    }
}

void become_child(pid_t parent) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) {  // the parent died before prctl()
        ::_exit(1);
    }
    for (const int signal : {SIGALRM, SIGXCPU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGPIPE}) {
        std::signal(signal, SIG_DFL);  // MPI and LibTorch install handlers that print or wait
    }
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
        std::signal(signal, SIG_IGN);  // sent to the whole process group; the parent reacts to them
    }
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    if (const int nowhere = ::open("/dev/null", O_WRONLY); nowhere >= 0) {
        ::dup2(nowhere, STDERR_FILENO);  // silences the C library's messages
    }
    limit(RLIMIT_CORE, 0);
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

void answer(int pipe, Outcome outcome, const std::string& text) {
    const AnswerHead head{outcome, text.size()};
    write_all(pipe, &head, sizeof head);
    write_all(pipe, text.data(), text.size());
}

void try_file(int pipe, const fs::path& file, const TrialWork& work) {
    const auto bytes = bytes_of(file);
    limit_memory(bytes);
    const auto renew = [bytes] { limit_time(bytes); };
    renew();
    try {
        answer(pipe, Outcome::done, work(file, renew));
    } catch (const std::bad_alloc&) {
        answer(pipe, Outcome::refused,
               fmt::format(
                   "reading needs more than {} MB of memory, but the file has only {} bytes: is it damaged?",
                   memory_for(bytes) >> 20, bytes));
    } catch (const std::exception& error) {
        const std::string text = std::strlen(error.what()) > 0 ? error.what() : "failed without a reason";
        const auto prefix = file.string() + ": ";  // the parent names the file again
        answer(pipe, Outcome::refused, text.starts_with(prefix) ? text.substr(prefix.size()) : text);
    }
}

/// A child process that works on the files from `first` on.
class Child {
public:
    Child(const std::vector<fs::path>& files, std::size_t first, const TrialWork& work) {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw DataError{files[first], "cannot create a pipe to the process that checks the file: " +
                                              std::string{std::strerror(errno)}};
        }
        const auto parent = ::getpid();
        process_ = ::fork();
        if (process_ == 0) {
            ::close(ends[0]);
            become_child(parent);
            for (auto file = first; file < files.size(); ++file) {
                try_file(ends[1], files[file], work);
            }
            ::_exit(0);  // not exit(): the child must not flush the parent's buffers or run its handlers
        }
        const int error = errno;
        ::close(ends[1]);
        pipe_ = ends[0];
        if (process_ < 0) {
            ::close(pipe_);
            throw DataError{files[first], "cannot start the process that checks the file: " +
                                              std::string{std::strerror(error)}};
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        ::close(pipe_);
        if (process_ > 0) {  // only after an exception in the parent
            ::kill(process_, SIGKILL);
        }
        end();
    }

    /// Waits for the outcome of the next file; nothing if the child died while working on it.
    std::optional<Trial> next() {
        AnswerHead head{};
        if (!read_all(&head, sizeof head)) {
            return std::nullopt;
        }
        std::string text(head.bytes, '\0');
        if (!read_all(text.data(), text.size())) {
            return std::nullopt;
        }
        return head.outcome == Outcome::done ? Trial{.result = std::move(text)}
                                             : Trial{.problem = std::move(text)};
    }

    /// Waits for the child and returns its status.
    int end() {
        if (process_ > 0) {
            while (::waitpid(process_, &status_, 0) < 0 && errno == EINTR) {
            }
            process_ = -1;
        }
        return status_;
    }

private:
    bool read_all(void* data, std::size_t bytes) const {
        for (char* at = static_cast<char*>(data); bytes > 0;) {
            const auto count = ::read(pipe_, at, bytes);
            if (count > 0) {
                at += count;
                bytes -= static_cast<std::size_t>(count);
            } else if (count == 0 || errno != EINTR) {
                return false;
            }
        }
        return true;
    }

    pid_t process_ = -1;
    int pipe_ = -1;
    int status_ = 0;
};

bool ran_out_of_time(int status) {
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM;
}

std::string death_of(int status, std::uint64_t file_bytes) {
    std::string end = "ended without an answer";
    if (ran_out_of_time(status)) {
        end = fmt::format("did not end within {} s, twice", seconds_by_the_clock(file_bytes));
    } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU) {
        end = fmt::format("did not end within {} s of CPU time", seconds_for(file_bytes));
    } else if (WIFSIGNALED(status)) {
        end = std::string{"crashed ("} + ::strsignal(WTERMSIG(status)) + ")";
    }
    return "libhdf5 cannot read it: reading it in a separate process " + end + std::string{remedy};
}

}  // namespace

std::vector<Trial> try_files(const std::vector<fs::path>& files, const TrialWork& work) {
    std::vector<Trial> trials;
    auto tried_again = files.size();
    while (trials.size() < files.size()) {
        Child child{files, trials.size(), work};
        std::optional<Trial> trial;
        while (trials.size() < files.size() && (trial = child.next())) {
            trials.push_back(std::move(*trial));
        }
        const auto file = trials.size();
        if (file == files.size()) {
            break;
        }
        const int status = child.end();
        if (!ran_out_of_time(status) || std::exchange(tried_again, file) == file) {
            trials.push_back({.problem = death_of(status, bytes_of(files[file]))});
        }
    }
    return trials;
}

std::vector<std::uint64_t> run_in_child(const fs::path& path,
                                        const std::function<std::vector<std::uint64_t>()>& work) {
    const auto trial = try_files({path}, [&](const fs::path&, const RenewLimits&) {
        const auto numbers = work();
        return std::string{reinterpret_cast<const char*>(numbers.data()),
                           numbers.size() * sizeof(std::uint64_t)};
    });
    if (!trial.front().problem.empty()) {
        throw DataError{path, trial.front().problem};
    }
    const auto& bytes = trial.front().result;
    std::vector<std::uint64_t> result(bytes.size() / sizeof(std::uint64_t));
    if (!result.empty()) {  // data() of an empty one may be null, which memcpy must not get
        std::memcpy(result.data(), bytes.data(), result.size() * sizeof(std::uint64_t));
    }
    return result;
}

}  // namespace sslslr::io

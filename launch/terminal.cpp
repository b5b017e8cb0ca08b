#include "launch/terminal.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "io/file/setting.hpp"

namespace sslslr {

using std::chrono::duration;
using std::chrono::seconds;

std::string clock_text(double total) {
    const auto whole = std::llround(total);
    const auto hours = whole / 3600;
    return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, whole / 60 % 60, whole % 60)
                     : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

namespace {

/// Returns whether stdout ends at a terminal that can rewrite a line. Open MPI gives every rank a terminal of
/// its own and copies its output to that of mpirun, which may be a file. So under Open MPI, this checks the
/// output of mpirun, the parent process.
bool prints_to_terminal() {
    const char* const kind = std::getenv("TERM");
    if (kind == nullptr || std::string_view{kind}.empty() || std::string_view{kind} == "dumb") {
        return false;
    }
    if (std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr) {
        return isatty(STDOUT_FILENO) == 1;
    }
    std::error_code error;
    const auto target =
        std::filesystem::read_symlink(fmt::format("/proc/{}/fd/1", getppid()), error).string();
    return !error && (target.starts_with("/dev/pts/") || target.starts_with("/dev/tty"));
}

}  // namespace

TrainingProgress::TrainingProgress(bool speaks, std::int64_t first, std::int64_t last)
    : speaks_{speaks}, rewrites_{prints_to_terminal()}, first_{first}, last_{last} {}

TrainingProgress::~TrainingProgress() {
    if (open_line_) {
        std::fputc('\n', stdout);
    }
}

void TrainingProgress::show(const StepReport& report) {
    clips_ += report.clips;
    if (report.spread) {
        spread_ = report.spread->outputs();
    }
    const auto now = Clock::now();
    const bool due = now - shown_ >= (rewrites_ ? duration<double>{0.1} : duration<double>{10});
    if (!speaks_ || (!due && report.step != last_)) {
        return;
    }
    shown_ = now;
    const double elapsed = duration<double>(now - start_).count();
    const double left =
        elapsed * static_cast<double>(last_ - report.step) / static_cast<double>(report.step - first_);
    const auto spread =
        spread_ ? fmt::format("spread {:.4f} (normalised {:.3f})  ", spread_->raw, spread_->normalised) : "";
    fmt::print("{}step {}/{}  epoch {}  loss {:.5f}  {}{:.0f} clips/s  {} left{}", rewrites_ ? "\r" : "",
               report.step, last_, report.epoch, report.loss, spread, static_cast<double>(clips_) / elapsed,
               clock_text(left), rewrites_ ? "\x1b[K" : "\n");
    std::fflush(stdout);
    open_line_ = rewrites_;
}

CountProgress::CountProgress(bool speaks, std::string what)
    : speaks_{speaks}, rewrites_{prints_to_terminal()}, what_{std::move(what)} {}

void CountProgress::show(std::int64_t done, std::int64_t all) {
    const auto now = Clock::now();
    if (first_ < 0) {
        first_ = done;
        start_ = now;
        shown_ = rewrites_ ? Clock::time_point{} : now;  // plain lines only for slow work
    }
    const bool due = now - shown_ >= (rewrites_ ? duration<double>{0.1} : duration<double>{10});
    if (!speaks_ || (!due && !(rewrites_ && done == all))) {
        return;
    }
    shown_ = now;
    const double rate =
        static_cast<double>(done - first_) / std::max(duration<double>(now - start_).count(), 1e-3);
    fmt::print("{}{} of {} {}  {:.0f} per second  {} left{}", rewrites_ ? "\r" : "", done, all, what_, rate,
               rate > 0 ? clock_text(static_cast<double>(all - done) / rate) : "?",
               rewrites_ ? "\x1b[K" : "\n");
    std::fflush(stdout);
    open_line_ = rewrites_;
}

void CountProgress::end() {
    if (open_line_) {
        std::fputc('\n', stdout);
        open_line_ = false;
    }
}

void print_note(const std::string& text) {
    fmt::print(stderr, "sslslr: {}\n", io::as_options(text));
}

void print_warning(const std::string& text) {
    print_note("warning: " + text);
}

}  // namespace sslslr

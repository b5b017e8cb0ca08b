#include "src/run/stop_request.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <iterator>
#include <optional>
#include <regex>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Seconds = std::chrono::duration<double>;

std::atomic<int> arrived = 0;  // set by a signal handler, on another thread
static_assert(std::atomic<int>::is_always_lock_free);

const auto program_start = std::chrono::steady_clock::now();
std::optional<double> seconds_allowed;  ///< since program_start
bool limit_is_slurms = false;
std::deque<double> recent_steps;  ///< s

constexpr const char* on_request = "on request";

constexpr double most_spared = 60;    // s reserved for the end: checkpoint and shutdown
constexpr double share_spared = 0.1;  // the same for a short limit, as a share of it
constexpr double spared_steps = 3;    // the current step, and two in reserve
// Enough for the median to ignore a step that was delayed by a stalled disk or a suspension.
constexpr std::size_t steps_kept = 5;

double seconds_since_start() {
    return Seconds{std::chrono::steady_clock::now() - program_start}.count();
}

/// Returns the seconds of a time in Slurm's format (man sbatch, --time), or nothing for any other text.
std::optional<double> slurm_seconds(const std::string& text) {
    static const std::regex pattern{R"((?:(\d{1,4})-(\d{1,4})(?::(\d{1,4}))?(?::(\d{1,4}))?)|)"
                                    R"((?:(\d{1,6})(?::(\d{1,4}))?(?::(\d{1,4}))?))"};
    std::smatch part;
    if (!std::regex_match(text, part, pattern)) {
        return std::nullopt;
    }
    const auto number = [&](std::size_t i) { return part[i].matched ? std::stod(part[i]) : 0; };
    if (part[1].matched) {
        return ((number(1) * 24 + number(2)) * 60 + number(3)) * 60 + number(4);
    }
    return part[7].matched ? (number(5) * 60 + number(6)) * 60 + number(7) : number(5) * 60 + number(6);
}

/// Returns the seconds from now to the end of the Slurm job, or nothing outside of one.
std::optional<double> seconds_to_slurms_end() {
    const char* const end = std::getenv("SLURM_JOB_END_TIME");
    const std::string text{end == nullptr ? "" : end};
    std::int64_t seconds = 0;  // since the epoch
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    if (text.empty() || error != std::errc{} || rest != text.data() + text.size()) {
        return std::nullopt;
    }
    return static_cast<double>(seconds) -
           Seconds{std::chrono::system_clock::now().time_since_epoch()}.count();
}

void note_stop(int) {
    arrived = 1;
}

/// The first Ctrl-C requests a stop. A second one ends the process, because the user does not want to wait.
void note_interrupt(int signal) {
    constexpr std::string_view text =
        "\nsslslr: interrupted: stopping at the next point from which work can resume; Ctrl-C again ends at "
        "once\n";
    arrived = 1;
    std::signal(signal, SIG_DFL);
    static_cast<void>(!write(STDERR_FILENO, text.data(), text.size()));
}

/// Returns whether the program was started with the signal ignored (SIGHUP: nohup; SIGINT: a script's `&`).
bool is_ignored(int signal) {
    struct sigaction now {};
    return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

/// Returns the median of the recent steps, s; 0 before the second step, because a single one may include a
/// suspension.
double usual_step() {
    if (recent_steps.size() < 2) {
        return 0;
    }
    auto sorted = recent_steps;
    const auto middle = sorted.begin() + (std::ssize(sorted) - 1) / 2;
    std::ranges::nth_element(sorted, middle);
    return *middle;
}

bool time_is_nearly_up() {
    if (!seconds_allowed) {
        return false;
    }
    const auto spared =
        std::max(std::min(most_spared, share_spared * *seconds_allowed), spared_steps * usual_step());
    return seconds_since_start() > *seconds_allowed - spared;
}

std::string cause_of_limit() {
    if (!limit_is_slurms) {
        return "before the time limit";
    }
    if (*seconds_allowed > 0) {
        return "before the time limit of the Slurm job (SLURM_JOB_END_TIME)";
    }
    return fmt::format(
        "because the Slurm job's end passed {:.0f} s before the start (SLURM_JOB_END_TIME={}; outside of "
        "that job, unset the variable)",
        -*seconds_allowed, std::getenv("SLURM_JOB_END_TIME"));
}

}  // namespace

void catch_stop_signals() {
    std::signal(SIGTERM, note_stop);
    std::signal(SIGUSR1, note_stop);
    if (!is_ignored(SIGHUP)) {
        std::signal(SIGHUP, note_stop);
    }
    if (!is_ignored(SIGINT)) {
        std::signal(SIGINT, note_interrupt);
    }
}

void set_time_limit(const std::string& limit) {
    if (limit.empty()) {
        if (const auto left = seconds_to_slurms_end()) {
            limit_is_slurms = true;
            seconds_allowed = seconds_since_start() + *left;
        }
        return;
    }
    seconds_allowed = slurm_seconds(limit);
    if (!seconds_allowed || *seconds_allowed <= 0) {
        throw ConfigError{
            fmt::format("{}: expected a time as Slurm writes it: minutes, M:S, H:M:S, D-H, D-H:M or D-H:M:S",
                        io::setting("time-limit", limit))};
    }
}

void note_step(double seconds) {
    recent_steps.push_back(seconds);
    if (recent_steps.size() > steps_kept) {
        recent_steps.pop_front();
    }
}

bool stop_requested() {
    return arrived != 0 || time_is_nearly_up();
}

std::string stop_cause() {
    if (arrived != 0) {
        return on_request;
    }
    return time_is_nearly_up() ? cause_of_limit() : "";
}

std::string common_stop_cause(const std::vector<std::string>& of_ranks) {
    std::string cause;
    for (const auto& there : of_ranks) {
        cause = cause.empty() || there == on_request ? there : cause;
    }
    return cause.empty() ? on_request : cause;
}

}  // namespace sslslr

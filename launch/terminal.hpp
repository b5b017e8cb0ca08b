#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "src/train/trainer.hpp"

namespace sslslr {

/// Shows the progress of a training on stdout: on a terminal in one line that is rewritten, otherwise with a
/// new line about every ten seconds.
class TrainingProgress {
public:
    /// @param speaks  whether to print (true on rank 0)
    /// @param first   steps done before this process started
    /// @param last    last step of the training
    TrainingProgress(bool speaks, std::int64_t first, std::int64_t last);
    ~TrainingProgress();
    TrainingProgress(const TrainingProgress&) = delete;
    TrainingProgress& operator=(const TrainingProgress&) = delete;

    void show(const StepReport& report);

private:
    using Clock = std::chrono::steady_clock;

    bool speaks_;
    bool rewrites_;
    std::int64_t first_;
    std::int64_t last_;
    std::int64_t clips_ = 0;
    std::optional<Spread> spread_;  ///< the last measurement
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_{};
    bool open_line_ = false;
};

/// Shows the progress of work that is counted, in the same way as TrainingProgress.
class CountProgress {
public:
    /// @param speaks  whether to print (true on rank 0)
    /// @param what    unit of the count: "clips"
    CountProgress(bool speaks, std::string what);
    CountProgress(const CountProgress&) = delete;
    CountProgress& operator=(const CountProgress&) = delete;
    ~CountProgress() { end(); }

    void show(std::int64_t done, std::int64_t all);
    /// Ends the line, so that other output may follow.
    void end();

private:
    using Clock = std::chrono::steady_clock;

    bool speaks_;
    bool rewrites_;
    std::string what_;
    std::int64_t first_ = -1;  ///< count at the first call of show()
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_{};
    bool open_line_ = false;
};

/// Prints a line to stderr, prefixed with the program's name and with settings written as options.
void print_note(const std::string& text);
/// The same with "warning: " before the text.
void print_warning(const std::string& text);

/// Formats a duration as "3:07" (minutes and seconds) or "1:03:07" (with hours).
std::string clock_text(double seconds);

}  // namespace sslslr

#include "launch/commands/search_forecast.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "launch/terminal.hpp"
#include "src/boundary/forecast.hpp"
#include "src/errors.hpp"

namespace sslslr {

void declare(Options& options, ForecastOptions& o) {
    options.add("dry-run", o.is_dry, "plans nothing; prints the expected course of the search");
    options.add("workers", o.workers, "numbers of workers to foresee the search with");
    options.add("workers-per-node", o.workers_per_node, "how many of them a lost node takes along");
    options.add("seconds-per-job", o.seconds_per_job,
                "duration of a training, s (0: measured). With it a dry run needs no --data: clips then have "
                "as many frames as --frames allows");
}

void check(const ForecastOptions& fields) {
    if (fields.workers.empty() || std::ranges::any_of(fields.workers, [](auto count) { return count < 1; })) {
        throw ConfigError{"--workers: expected numbers of 1 or more"};
    }
    if (fields.workers_per_node < 1) {
        throw ConfigError{fmt::format("--workers-per-node {}: expected 1 or more", fields.workers_per_node)};
    }
    if (!(fields.seconds_per_job >= 0 && fields.seconds_per_job < 1e8)) {
        throw ConfigError{
            fmt::format("--seconds-per-job {}: expected seconds, 0 to measure them", fields.seconds_per_job)};
    }
}

std::vector<ForecastRow> forecast_rows(const SearchJobs& jobs, const ForecastOptions& options,
                                       double seconds_per_job) {
    constexpr std::uint64_t searches = 5;
    std::vector<ForecastRow> rows;
    for (const auto workers : options.workers) {
        double seconds = 0;
        double trainings = 0;
        double cancelled = 0;
        double idle = 0;
        double lost = 0;
        for (std::uint64_t seed = 0; seed < searches; ++seed) {
            const auto accuracy = ordinary_case(jobs.search(), seed);
            const auto course =
                forecast(jobs, accuracy, {.count = workers, .seconds_per_job = seconds_per_job});
            const auto disturbed = forecast(
                jobs, accuracy,
                {.count = workers, .seconds_per_job = seconds_per_job, .lost = options.workers_per_node});
            seconds += course.seconds / searches;
            trainings += static_cast<double>(course.trainings) / searches;
            cancelled += static_cast<double>(course.cancelled) / searches;
            idle += course.idle / searches;
            lost += (disturbed.seconds - course.seconds) / searches;
        }
        rows.push_back({.workers = workers,
                        .hours = seconds / 3600,
                        .trainings = std::llround(trainings),
                        .cancelled = std::llround(cancelled),
                        .idle = idle,
                        .lost_node_hours = lost / 3600});
    }
    return rows;
}

std::string text_of(const std::vector<ForecastRow>& rows) {
    auto text = fmt::format("{:>9}{:>13}{:>12}{:>12}{:>8}{:>16}\n", "workers", "time", "trainings",
                            "cancelled", "idle", "a lost node");
    for (const auto& row : rows) {
        text += fmt::format("{:>9}{:>13}{:>12}{:>12}{:>6.0f} %{:>16}\n", row.workers,
                            clock_text(3600 * row.hours), row.trainings, row.cancelled, 100 * row.idle,
                            "+ " + clock_text(3600 * std::max(row.lost_node_hours, 0.0)));
    }
    return text +
           "by simulation, where a quarter of the k do no harm, each step beyond them loses twice the\n"
           "margin, and trainings deviate by 0.02; the less clear the loss, the more trainings\n";
}

}  // namespace sslslr

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "src/boundary/report.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

std::string number(const std::optional<std::int64_t>& value) {
    return value ? fmt::format("{}", *value) : "-";
}

std::string frames_text(const std::optional<double>& frames) {
    return frames ? fmt::format("{:.1f}", *frames) : "-";
}

std::string accuracy_text(const std::optional<Interval>& interval) {
    return interval ? interval_text(*interval) : "-";
}

std::string difference_text(const std::optional<Interval>& interval) {
    return interval ? signed_interval_text(*interval) : "-";
}

std::string verdict_text(const SideReport& side, const char* place, const std::optional<std::int64_t>& k) {
    if (!side.verdict) {
        return fmt::format("{}: not answered yet. {}\n", place, side.why);
    }
    const auto& verdict = *side.verdict;
    const auto beyond =
        verdict.worse_k > 0
            ? fmt::format("permuting {} costs {} against {} ({} larger k were compared, uncorrected)",
                          verdict.worse_k, signed_interval_text(verdict.worse_by), number(k),
                          verdict.compared)
            : std::string{"no larger k is worse beyond its 95 % interval"};
    return fmt::format("{}: {}; against no permutation {}; {}\n", place,
                       verdict.is_supported ? fmt::format("a boundary at {} is supported", number(k))
                                            : "no boundary is supported by this data",
                       signed_interval_text(verdict.against_reference), beyond);
}

std::string curve_text(const SideReport& side, const char* name) {
    constexpr auto line = "{:>4}  {:<24}  {}\n";
    auto text = '\n' + fmt::format(line, name, "accuracy, mean [95 %]", "against none, paired");
    for (const auto& point : side.curve) {
        text += fmt::format(line, point.k, accuracy_text(point.interval),
                            difference_text(point.against_reference));
    }
    return text;
}

std::string comparisons_text(const std::vector<Comparison>& rows) {
    constexpr auto line = "{:<42} {:<24} {:<26} {:>5} {:>5}  {}\n";
    auto text = '\n' + fmt::format(line, "", "accuracy, mean [95 %]", "against none, paired", "k1", "k2",
                                   "trainings");
    for (const auto& row : rows) {
        text += fmt::format(line, row.what, accuracy_text(row.interval), difference_text(row.against_none),
                            frames_text(row.k1), frames_text(row.k2), row.trainings);
    }
    for (const auto& row : rows) {
        if (row.near_k1 && row.near_k2) {
            text += fmt::format(
                "{}: within one step of the search's k1 for {:.0f} % of the clips, of its k2 for {:.0f} %\n",
                row.what, 100 * *row.near_k1, 100 * *row.near_k2);
        }
    }
    return text;
}

std::string modes_text(const std::vector<ModeAnswer>& answers) {
    constexpr auto line = "{:<25} {:>5} {:>5}  {}\n";
    auto text = '\n' + fmt::format(line, "mode, same results", "k1", "k2", "trainings");
    for (const auto& answer : answers) {
        text +=
            fmt::format(line, std::string{word_of(answer.mode)} + (answer.halving ? ", halving" : ""),
                        number(answer.k1), number(answer.k2),
                        answer.trainings ? number(answer.trainings) : "not known: larger k were not tested");
    }
    return text;
}

constexpr std::size_t most_shown = 5;  ///< the report's file lists all of them

/// Lists the clips that lose most at the global k1 and k2.
std::string failures_text(const std::vector<ClipRow>& clips) {
    std::vector<ClipRow> failures;
    std::ranges::copy_if(clips, std::back_inserter(failures),
                         [](const ClipRow& clip) { return clip.loss > 0; });
    std::ranges::stable_sort(failures, std::ranges::greater{}, &ClipRow::loss);
    auto text = fmt::format("{} clips lose at the global values", failures.size());
    for (std::size_t i = 0; i < std::min(most_shown, failures.size()); ++i) {
        const auto& clip = failures[i];
        text += fmt::format("{} clip {} ({}) {:+.2f}, its own k1 = {}, k2 = {}", i == 0 ? ":" : ";",
                            clip.clip, clip.sign, clip.loss, number(clip.k1), number(clip.k2));
    }
    return text + '\n';
}

std::string clips_text(const BoundaryReport& report) {
    if (!report.clips) {
        return "";
    }
    double loss = 0;
    double inflated = 0;
    double own = 0;
    for (const auto& clip : *report.clips) {
        loss += clip.loss;
        inflated += clip.inflated_loss;
        own += clip.k1 != report.k1 || clip.k2 != report.k2 ? 1 : 0;
    }
    const auto clips = static_cast<double>(report.clips->size());
    auto text = fmt::format(
        "\n{:.0f} % of the clips do better at another {}; the global values cost {:+.3f} of accuracy on "
        "average\n(chosen and scored on different repeats; {:+.3f} on the same repeats, which inflates it). "
        "By sign:\n",
        100 * own / clips,
        !report.k2   ? "k1"
        : !report.k1 ? "k2"
                     : "k1 or k2",
        loss / clips, inflated / clips);
    for (std::size_t i = 0; i < std::min(most_shown, report.signs->size()); ++i) {
        const auto& row = (*report.signs)[i];
        text += fmt::format("  {:<20} {:+.3f} ({} clips)\n", row.sign, row.loss, row.clips);
    }
    return text + failures_text(*report.clips);
}

}  // namespace

std::string text_of_report(const BoundaryReport& report) {
    const auto& cost = report.cost;
    auto text = fmt::format("k1 = {}, k2 = {} of {} frames ({} search{}, {} repeats, {} clips of {})\n",
                            number(report.k1), number(report.k2), report.search.frames,
                            word_of(report.search.mode), report.search.halving ? " with halving" : "",
                            report.search.repeats, report.validation_clips, report.validated_by);
    if (!report.warning.empty()) {
        text += report.warning + '\n';
    }
    return text + verdict_text(report.start, "start", report.k1) +
           verdict_text(report.end, "end", report.k2) + curve_text(report.start, "k1") +
           curve_text(report.end, "k2") + comparisons_text(report.comparisons) +
           modes_text(report.other_modes) + clips_text(report) +
           fmt::format(
               "\n{} jobs of at most {}, {:.0f} rank-seconds; {} cancelled as not needed ({:.0f} s)\n",
               cost.jobs, cost.most_jobs, cost.rank_seconds, cost.cancelled_jobs, cost.cancelled_seconds);
}

}  // namespace sslslr

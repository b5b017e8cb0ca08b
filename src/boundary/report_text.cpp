#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "io/file/json_text.hpp"
#include "src/boundary/report.hpp"

namespace sslslr {
namespace {

std::string number(const nlohmann::json& value) {
    return value.is_null() ? "-" : io::json_text(value);
}

std::string interval_text(const nlohmann::json& row, const char* name, bool has_sign) {
    if (!row.contains(name)) {
        return "-";
    }
    const auto& interval = row[name];
    const double mean = interval["mean"];
    const double low = interval["low"];
    const double high = interval["high"];
    return has_sign ? fmt::format("{:+.3f} [{:+.3f}, {:+.3f}]", mean, low, high)
                    : fmt::format("{:.3f} [{:.3f}, {:.3f}]", mean, low, high);
}

std::string verdict_text(const nlohmann::json& side, const std::string& place, const nlohmann::json& k) {
    if (!side.contains("verdict")) {
        return fmt::format("{}: not answered yet. {}\n", place, side["why"].get<std::string>());
    }
    const auto& verdict = side["verdict"];
    const auto beyond = verdict.contains("worse_k")
                            ? fmt::format(
                                  "permuting {} costs {} against {} ({} larger k were compared, "
                                  "uncorrected)",
                                  number(verdict["worse_k"]), interval_text(verdict, "worse_by", true),
                                  number(k), number(verdict["larger_k_compared"]))
                            : std::string{"no larger k that was tested is worse beyond its 95 % interval"};
    return fmt::format("{}: {}; against no permutation {}; {}\n", place,
                       verdict["is_supported"].get<bool>()
                           ? fmt::format("a boundary at {} is supported", number(k))
                           : "no boundary is supported by this data",
                       interval_text(verdict, "against_reference", true), beyond);
}

std::string curve_text(const nlohmann::json& side, const char* name) {
    auto text = fmt::format("\n{:>4}  {:<24}  {}\n", name, "accuracy, mean [95 %]", "against none, paired");
    for (const auto& row : side["curve"]) {
        text += fmt::format("{:>4}  {:<24}  {}\n", number(row["k"]), interval_text(row, "interval", false),
                            interval_text(row, "against_reference", true));
    }
    return text;
}

std::string frames_text(const nlohmann::json& row, const char* name) {
    return row.contains(name) ? fmt::format("{:.1f}", row[name].get<double>()) : "-";
}

std::string comparisons_text(const nlohmann::json& rows) {
    auto text = fmt::format("\n{:<42} {:<24} {:<26} {:>5} {:>5}  {}\n", "", "accuracy, mean [95 %]",
                            "against none, paired", "k1", "k2", "trainings");
    for (const auto& row : rows) {
        text += fmt::format("{:<42} {:<24} {:<26} {:>5} {:>5}  {}\n", row["what"].get<std::string>(),
                            interval_text(row, "interval", false), interval_text(row, "against_none", true),
                            frames_text(row, "k1"), frames_text(row, "k2"), number(row["trainings"]));
    }
    for (const auto& row : rows) {
        if (row.contains("clips_within_a_step_of_k1") && row.contains("clips_within_a_step_of_k2")) {
            text += fmt::format(
                "{}: within a step of the search's k1 for {:.0f} %, of its k2 for {:.0f} % of the clips\n",
                row["what"].get<std::string>(), 100 * row["clips_within_a_step_of_k1"].get<double>(),
                100 * row["clips_within_a_step_of_k2"].get<double>());
        }
    }
    return text;
}

std::string modes_text(const nlohmann::json& rows) {
    std::string text = "\nby the same results          k1    k2  trainings\n";
    for (const auto& row : rows) {
        text += fmt::format(
            "{:<25} {:>5} {:>5}  {}\n",
            row["mode"].get<std::string>() + (row["halving"].get<bool>() ? ", halving" : ""),
            number(row["k1"]), number(row["k2"]),
            row["trainings"].is_null() ? "not known: k beyond were not tested" : number(row["trainings"]));
    }
    return text;
}

constexpr std::size_t most_shown = 5;  ///< the report's file holds all

/// The clips that lose most at the global k1 and k2.
std::string failures_text(const nlohmann::json& clips) {
    std::vector<std::pair<double, std::size_t>> losses;
    for (std::size_t i = 0; i < clips.size(); ++i) {
        if (const double loss = clips[i]["loss"]; loss > 0) {
            losses.emplace_back(-loss, i);
        }
    }
    std::ranges::sort(losses);
    auto text = fmt::format("{} clips lose at the global values", losses.size());
    for (std::size_t i = 0; i < std::min(most_shown, losses.size()); ++i) {
        const auto& clip = clips[losses[i].second];
        text += fmt::format("{} clip {} ({}) {:+.2f}, its own k1 = {}, k2 = {}", i == 0 ? ":" : ";",
                            number(clip["clip"]), clip["sign"].get<std::string>(), -losses[i].first,
                            number(clip["k1"]), number(clip["k2"]));
    }
    return text + '\n';
}

std::string searched_text(const nlohmann::json& report) {
    return report["k2"].is_null() ? "k1" : report["k1"].is_null() ? "k2" : "k1 and k2";
}

std::string clips_text(const nlohmann::json& report) {
    if (report["clips"].is_null()) {
        return "";
    }
    double loss = 0;
    double inflated = 0;
    double own = 0;
    for (const auto& clip : report["clips"]) {
        loss += clip["loss"].get<double>();
        inflated += clip["inflated_loss"].get<double>();
        own += clip["k1"] != report["k1"] || clip["k2"] != report["k2"] ? 1 : 0;
    }
    const auto clips = static_cast<double>(report["clips"].size());
    auto text = fmt::format(
        "\n{:.0f} % of the clips do better elsewhere than at {}; the global values cost {:+.3f} of "
        "accuracy "
        "on average\n(chosen and scored on different repeats; {:+.3f} if on the same, which inflates it). By "
        "sign:\n",
        100 * own / clips, searched_text(report), loss / clips, inflated / clips);
    for (std::size_t i = 0; i < std::min(most_shown, report["signs"].size()); ++i) {
        const auto& sign = report["signs"][i];
        text += fmt::format("  {:<20} {:+.3f} ({} clips)\n", sign["sign"].get<std::string>(),
                            sign["loss"].get<double>(), number(sign["clips"]));
    }
    return text + failures_text(report["clips"]);
}

}  // namespace

std::string text_of_report(const nlohmann::json& report) {
    const auto& cost = report["cost"];
    auto text = fmt::format("k1 = {}, k2 = {} of {} frames ({} search{}, {} repeats, {} clips of {})\n",
                            number(report["k1"]), number(report["k2"]), number(report["frames"]),
                            report["mode"].get<std::string>(),
                            report["halving"].get<bool>() ? " with halving" : "", number(report["repeats"]),
                            number(report["validation_clips"]), report["validated_by"].get<std::string>());
    if (report.contains("warning")) {
        text += report["warning"].get<std::string>() + '\n';
    }
    text += verdict_text(report["start"], "start", report["k1"]) +
            verdict_text(report["end"], "end", report["k2"]);
    text += curve_text(report["start"], "k1") + curve_text(report["end"], "k2");
    text += comparisons_text(report["comparisons"]) + modes_text(report["other_modes"]) + clips_text(report);
    return text + fmt::format(
                      "\n{} jobs of at most {}, {:.0f} rank-seconds; {} cancelled as not needed ({:.0f} s)\n",
                      number(cost["jobs"]), number(cost["most_jobs"]), cost["rank_seconds"].get<double>(),
                      number(cost["cancelled_jobs"]), cost["cancelled_seconds"].get<double>());
}

}  // namespace sslslr

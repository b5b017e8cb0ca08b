#include "launch/commands/inspect_text.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <ranges>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"

namespace sslslr {
namespace {

using nlohmann::json;

constexpr std::size_t most_rows = 30;  // in the table of splits
constexpr std::size_t most_parts = 6;  // parts of the body

std::string name_of_clip(const io::ClipIndex& index, std::int64_t clip) {
    const auto at = static_cast<std::size_t>(clip);
    return index.names.empty() || index.names[at].empty() ? fmt::format("#{}", clip) : index.names[at];
}

json counts_by_name(const std::map<std::int64_t, std::int64_t>& counts,
                    const std::vector<std::string>& names) {
    json by_name = json::object();
    for (const auto& [number, clips] : counts) {
        by_name[names[static_cast<std::size_t>(number)]] = clips;
    }
    return by_name;
}

json json_of_group(const io::ClipIndex& index, const io::StoreSurvey& survey, const io::GroupSurvey& group) {
    json missing = json::object();
    for (std::size_t part = 0; part < survey.parts.size(); ++part) {
        const auto share = group.missing[part];  // NaN without frames
        missing[survey.parts[part]] = std::isnan(share) ? json{} : json(share);
    }
    return {{"clips", group.clips},
            {"frames", group.frames},
            {"unlabelled", group.unlabelled},
            {"unknown_signers", group.unknown_signers},
            {"clips_without_frames", group.empty},
            {"clips_without_detections", group.undetected},
            {"clips_without_hands", group.handless},
            {"duplicates", group.duplicates},
            {"lengths",
             {{"shortest", group.lengths[0]},
              {"lower_quartile", group.lengths[1]},
              {"median", group.lengths[2]},
              {"upper_quartile", group.lengths[3]},
              {"longest", group.lengths[4]},
              {"histogram", group.length_histogram}}},
            {"fps",
             {{"least", group.least_fps}, {"greatest", group.greatest_fps}, {"unknown", group.unknown_fps}}},
            {"labels", counts_by_name(group.clips_of_label, index.label_names)},
            {"signers", counts_by_name(group.clips_of_signer, index.signer_names)},
            {"missing", missing}};
}

const char* kind_of(const io::Finding& finding) {
    return finding.is_note ? "note" : "warning";
}

const char* dtype_of(const io::ClipStore& store) {
    return store.is_float16() ? "float16" : "float32";
}

json json_of_finding(const io::ClipIndex& index, const io::Finding& finding) {
    json clips = json::array();
    for (const auto clip : finding.clips) {
        clips.push_back(name_of_clip(index, clip));
    }
    return {{"name", finding.name},
            {"kind", kind_of(finding)},
            {"count", finding.count},
            {"what", io::as_options(finding.what)},
            {"clips", clips},
            {"examples", finding.examples},
            {"fix", io::as_options(finding.fix)}};
}

std::string rates_of(const io::GroupSurvey& group) {
    if (group.greatest_fps == 0) {
        return "-";
    }
    return group.least_fps == group.greatest_fps
               ? fmt::format("{:g}", group.least_fps)
               : fmt::format("{:g} to {:g}", group.least_fps, group.greatest_fps);
}

using Row = std::vector<std::string>;

Row row_of(const std::string& name, const io::GroupSurvey& group) {
    Row row{name};
    for (const auto count :
         {group.clips, std::ssize(group.clips_of_label), std::ssize(group.clips_of_signer)}) {
        row.push_back(std::to_string(count));
    }
    row.push_back(fmt::format("{}", fmt::join(group.lengths, " ")));
    row.push_back(rates_of(group));
    for (const auto count : {group.empty, group.handless, group.duplicates}) {
        row.push_back(std::to_string(count));
    }
    for (const auto share : group.missing | std::views::take(most_parts)) {
        row.push_back(std::isnan(share) ? "-" : fmt::format("{:.1f}", 100 * share));
    }
    return row;
}

/// Formats a table with columns as wide as their widest entry, the first left-aligned, the others
/// right-aligned.
std::string table_of(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths(rows[0].size());
    for (const auto& row : rows) {
        for (std::size_t column = 0; column < row.size(); ++column) {
            widths[column] = std::max(widths[column], row[column].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        text += fmt::format("  {:<{}}", row[0], widths[0]);
        for (std::size_t column = 1; column < row.size(); ++column) {
            text += fmt::format("  {:>{}}", row[column], widths[column]);
        }
        text += '\n';
    }
    return text;
}

std::string table_of_splits(const io::StoreSurvey& survey) {
    Row titles{"split", "clips",     "labels",  "signers",   "frames: min, quartiles, max",
               "fps",   "no frames", "no hand", "duplicates"};
    for (const auto& part : survey.parts | std::views::take(most_parts)) {
        titles.push_back("% " + part);
    }
    std::vector<Row> rows{titles, row_of("(all clips)", survey.all)};
    for (const auto& [name, group] : survey.splits) {
        if (rows.size() < most_rows) {
            rows.push_back(row_of(name, group));
        }
    }
    auto text = table_of(rows);
    if (const auto shown = rows.size() - 2; shown < survey.splits.size()) {
        text += fmt::format("  ... and {} more splits, see --json\n", survey.splits.size() - shown);
    }
    return text;
}

/// "10 labels of 90 clips", "500 labels of 12 to 240 clips, median 80".
std::string text_of_counts(const std::map<std::int64_t, std::int64_t>& counts, const char* one,
                           const char* many) {
    if (counts.empty()) {
        return fmt::format("no {}", many);
    }
    std::vector<std::int64_t> clips;
    std::ranges::copy(counts | std::views::values, std::back_inserter(clips));
    std::ranges::sort(clips);
    const auto* const word = clips.size() == 1 ? one : many;
    return clips.front() == clips.back()
               ? fmt::format("{} {} of {} clips", clips.size(), word, clips.front())
               : fmt::format("{} {} of {} to {} clips, median {}", clips.size(), word, clips.front(),
                             clips.back(), clips[clips.size() / 2]);
}

std::string text_of_finding(const io::ClipIndex& index, const io::Finding& finding) {
    std::vector<std::string> named;
    for (const auto clip : finding.clips) {
        named.push_back(name_of_clip(index, clip));
    }
    std::ranges::copy(finding.examples, std::back_inserter(named));
    const bool are_more = !named.empty() && finding.count > std::ssize(named);
    return fmt::format("  {}: {}{}{}{}\n           {}\n", kind_of(finding), io::as_options(finding.what),
                       named.empty() ? "" : ": ", fmt::join(named, ", "), are_more ? ", ..." : "",
                       io::as_options(finding.fix));
}

}  // namespace

json json_of(const io::ClipStore& store, const io::StoreSurvey& survey,
             const std::vector<io::Finding>& findings) {
    const auto& index = store.index();
    auto all = json_of_group(index, survey, survey.all);
    all["kind"] = "clip store";
    all["points"] = index.point_names.size();
    all["coordinates"] = index.coordinates;
    all["dtype"] = dtype_of(store);
    all["length_edges"] = survey.length_edges;
    all["values"] = {{"detected", survey.values.values},
                     {"infinite", survey.values.infinite},
                     {"detected_in_plane", survey.values.plane_values},
                     {"outside", survey.values.outside},
                     {"zero", survey.values.zero},
                     {"constant", survey.values.constant}};
    all["splits"] = json::object();
    for (const auto& [name, group] : survey.splits) {
        all["splits"][name] = json_of_group(index, survey, group);
    }
    all["findings"] = json::array();
    for (const auto& finding : findings) {
        all["findings"].push_back(json_of_finding(index, finding));
    }
    all["attributes"] = index.attributes;
    all["fingerprint"] = store.fingerprint_text();
    return all;
}

std::string text_of(const io::ClipStore& store, const io::StoreSurvey& survey,
                    const std::vector<io::Finding>& findings, const std::string& file) {
    const auto& index = store.index();
    const auto coordinates = index.attributes.find("coordinates");
    auto text = fmt::format("{}: clip store\n  {} clips of {} frames, {} points of {} as {}; {}; {}\n", file,
                            survey.all.clips, survey.all.frames, index.point_names.size(),
                            coordinates == index.attributes.end() ? "?" : coordinates->second,
                            dtype_of(store), text_of_counts(survey.all.clips_of_label, "label", "labels"),
                            text_of_counts(survey.all.clips_of_signer, "signer", "signers"));
    for (const auto& [name, value] : index.attributes) {
        text += fmt::format("  {}: {}\n", name, value);
    }
    text += fmt::format("  fingerprint: {}\n\n{}\n", store.fingerprint_text(), table_of_splits(survey));
    if (findings.empty()) {
        return text + "  no warnings\n";
    }
    for (const auto& finding : findings) {
        text += text_of_finding(index, finding);
    }
    return text;
}

}  // namespace sslslr

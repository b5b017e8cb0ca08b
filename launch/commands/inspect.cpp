#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "io/file/checksum.hpp"
#include "io/file/json_text.hpp"
#include "io/store/clip_store.hpp"
#include "io/survey/store_findings.hpp"
#include "io/survey/store_survey.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "io/tensors/feature_file.hpp"
#include "launch/command.hpp"
#include "launch/commands/inspect_text.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"
#include "src/settings/options.hpp"

namespace sslslr {
namespace {

using nlohmann::json;

constexpr const char* inspect_usage =
    "usage: sslslr inspect FILE.h5 [FILE.h5 ...] [--json]\n\n"
    "Checks a clip store (every checksum, every index) or a checkpoint and describes its contents. For a\n"
    "store: clips, labels, signers, lengths, frame rates and missing detections of each split, and\n"
    "warnings of problems for training or evaluation: duplicate clips, also between training and test;\n"
    "clips without frames or hands; tiny classes; coordinates that are not fractions of an image.\n"
    "src/report/store_page.py draws the output of --json.";

json describe_checkpoint(const std::string& path) {
    const auto checkpoint = io::read_checkpoint(path);
    json tensors = json::object();
    std::int64_t parameters = 0;
    io::Checksum content;
    for (const auto& [name, tensor] : checkpoint.tensors) {
        content.add({static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()});
        tensors[name] = fmt::format("{} {}", c10::toString(tensor.scalar_type()), c10::str(tensor.sizes()));
        parameters += name.starts_with("model/") ? tensor.numel() : 0;
    }
    return {{"kind", "checkpoint"},
            {"parameters", parameters},
            {"tensors", tensors},
            {"attributes", checkpoint.attributes},
            {"content", fmt::format("{:016x}", content.value())}};
}

void print_indented(const json& object, std::size_t indent) {
    for (const auto& [key, value] : object.items()) {
        const auto name = std::string(indent, ' ') + key;
        if (value.is_object()) {
            fmt::print("{}\n", name);
            print_indented(value, indent + 2);
        } else if (value.is_number_float()) {
            fmt::print("{:<28} {:.3f}\n", name, value.get<double>());
        } else {
            fmt::print("{:<28} {}\n", name,
                       value.is_string() ? value.get<std::string>() : io::json_text(value));
        }
    }
}

/// Reads a checkpoint, or stores that form one data set, and prints a description unless JSON is requested.
/// @return the description as JSON; null for stores if it was printed
json inspected(const std::vector<std::string>& files, bool as_json) {
    const auto file = fmt::format("{}", fmt::join(files, " "));
    if (files.size() == 1 && io::is_checkpoint(file)) {
        auto description = describe_checkpoint(file);
        description["file"] = file;
        if (!as_json) {
            print_indented(description, 0);
        }
        return description;
    }
    if (files.size() == 1 && io::is_features(file)) {
        const auto features = io::read_features(file);
        json description{{"kind", "features"},
                         {"file", file},
                         {"clips", features.features.size(0)},
                         {"width", features.features.size(1)},
                         {"attributes", features.attributes}};
        if (!as_json) {
            print_indented(description, 0);
        }
        return description;
    }
    if (files.size() == 1 && std::filesystem::is_directory(file)) {
        throw ConfigError{
            fmt::format("{}: expected a file, found a folder; the checkpoints of a run are in its "
                        "folder checkpoints",
                        file)};
    }
    const auto store = io::ClipStore::open(files);
    CountProgress progress{!as_json, "clips"};
    const auto survey =
        io::survey_of(store, [&](std::int64_t done) { progress.show(done, store.index().clips()); });
    progress.end();
    const auto findings = io::findings_of(store.index(), survey);
    if (!as_json) {
        fmt::print("{}", text_of(store, survey, findings, file));
        return {};
    }
    auto description = json_of(store, survey, findings);
    description["file"] = file;
    return description;
}

/// Groups the files that are described together.
std::vector<std::vector<std::string>> groups_of(const std::vector<std::string>& files, bool is_together) {
    if (is_together) {
        return {1, files};
    }
    std::vector<std::vector<std::string>> groups;
    for (const auto& file : files) {
        groups.push_back({file});
    }
    return groups;
}

}  // namespace

int inspect(Arguments arguments, const Ranks& ranks) {
    std::vector<std::string> files;
    bool as_json = false;
    bool is_together = false;
    Options options{inspect_usage};
    options.section("Options");
    options.positional("file", files, "clip stores, checkpoints, or features by embed");
    options.add("together", is_together, "treats all files as one data set, as training does");
    options.add("json", as_json, "prints a JSON list with one object per file, instead of tables");
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (files.empty()) {
        throw ConfigError{"no file given; expected: sslslr inspect FILE.h5"};
    }
    // One rank reads, and all ranks throw its errors.
    agree(ranks.world, [&] {
        if (!ranks.is_first()) {
            return;
        }
        json all = json::array();
        for (const auto& group : groups_of(files, is_together)) {
            all.push_back(inspected(group, as_json));
        }
        if (as_json) {
            fmt::print("{}\n", io::json_text(all, 2));
        }
    });
    return exit_done;
}

}  // namespace sslslr

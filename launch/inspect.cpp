#include <algorithm>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/checkpoint_file.hpp"
#include "io/checksum.hpp"
#include "io/clip_store.hpp"
#include "io/data_error.hpp"
#include "launch/command.hpp"
#include "launch/options.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using nlohmann::json;

constexpr const char* inspect_usage =
    "usage: sslslr inspect FILE.h5 [FILE.h5 ...] [--json]\n\n"
    "Checks a clip store (every checksum, every index) or a checkpoint and says what is in it.";

/// Share of missing points, by body part (the name up to its first dot).
json missing_by_part(const io::ClipStore& store) {
    const auto& index = store.index();
    const auto points = index.point_names.size();
    const auto width = points * static_cast<std::size_t>(index.coordinates);
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> parts;  // missing, all
    std::vector<float> landmarks;
    for (std::int64_t clip = 0; clip < index.clips(); ++clip) {
        const auto at = static_cast<std::size_t>(clip);
        landmarks.resize(static_cast<std::size_t>(index.offsets[at + 1] - index.offsets[at]) * width);
        store.read(clip, clip + 1, landmarks);
        for (std::size_t i = 0; i < landmarks.size(); i += static_cast<std::size_t>(index.coordinates)) {
            const auto& name = index.point_names[i % width / static_cast<std::size_t>(index.coordinates)];
            auto& [missing, all] = parts[name.substr(0, name.find('.'))];
            missing += std::isnan(landmarks[i]) ? 1 : 0;
            ++all;
        }
    }
    json shares;
    for (const auto& [part, count] : parts) {
        shares[part] =
            static_cast<double>(count.first) / static_cast<double>(std::max<std::int64_t>(count.second, 1));
    }
    return shares;
}

json describe_store(const std::string& path) {
    const auto store = io::ClipStore::open({path});
    const auto& index = store.index();
    std::vector<std::int64_t> lengths;
    for (std::size_t clip = 0; clip + 1 < index.offsets.size(); ++clip) {
        lengths.push_back(index.offsets[clip + 1] - index.offsets[clip]);
    }
    std::ranges::sort(lengths);
    json labels = json::object();
    for (std::size_t label = 0; label < index.label_names.size(); ++label) {
        labels[index.label_names[label]] = std::ranges::count(index.labels, static_cast<std::int64_t>(label));
    }
    json signers = json::object();
    for (std::size_t signer = 0; signer < index.signer_names.size(); ++signer) {
        signers[index.signer_names[signer]] =
            std::ranges::count(index.signers, static_cast<std::int64_t>(signer));
    }
    json splits = json::object();
    for (const auto& [name, clips] : index.splits) {
        splits[name] = clips.size();
    }
    return {{"kind", "clip store"},
            {"clips", index.clips()},
            {"frames", index.frames()},
            {"points", index.point_names.size()},
            {"coordinates", index.coordinates},
            {"unlabelled", std::ranges::count(index.labels, -1)},
            {"clips_without_frames", std::ranges::count(lengths, 0)},
            {"lengths",
             {{"shortest", lengths.empty() ? 0 : lengths.front()},
              {"median", lengths.empty() ? 0 : lengths[lengths.size() / 2]},
              {"longest", lengths.empty() ? 0 : lengths.back()}}},
            {"labels", labels},
            {"signers", signers},
            {"splits", splits},
            {"missing", missing_by_part(store)},
            {"attributes", index.attributes},
            {"fingerprint", fmt::format("{:016x}", store.fingerprint())}};
}

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
            fmt::print("{:<28} {}\n", name, value.is_string() ? value.get<std::string>() : value.dump());
        }
    }
}

}  // namespace

int inspect(Arguments arguments, const Ranks& ranks) {
    std::vector<std::string> files;
    bool as_json = false;
    Options options{inspect_usage};
    options.section("Options");
    options.positional("file", files, "clip stores or checkpoints");
    options.add("json", as_json, "prints a JSON list, an object a file, instead of a table");
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    if (files.empty()) {
        throw ConfigError{"no file named: sslslr inspect FILE.h5"};
    }
    // One rank reads; its errors are everybody's.
    agree(ranks.world, [&] {
        if (!ranks.is_first()) {
            return;
        }
        json all = json::array();
        for (const auto& file : files) {
            auto description = io::is_checkpoint(file) ? describe_checkpoint(file) : describe_store(file);
            description["file"] = file;
            if (!as_json) {
                print_indented(description, 0);
            }
            all.push_back(std::move(description));
        }
        if (as_json) {
            fmt::print("{}\n", all.dump(2));
        }
    });
    return exit_done;
}

}  // namespace sslslr

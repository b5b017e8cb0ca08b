#include <algorithm>
#include <filesystem>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "launch/command.hpp"
#include "src/data/clip_selection.hpp"
#include "src/data/gather.hpp"
#include "src/errors.hpp"
#include "src/evaluate/embed.hpp"
#include "src/export/write_export.hpp"
#include "src/run/data_set.hpp"
#include "src/run/run_encoder.hpp"
#include "src/run/run_folder.hpp"

namespace sslslr {
namespace {

constexpr const char* export_usage =
    "usage: sslslr export --run FOLDER --output FOLDER [OPTIONS]\n\n"
    "Writes a trained encoder into a folder, for use without this program:\n"
    "  config.json   its shape and origin, and step by step how its input frames are preprocessed\n"
    "  encoder.h5    its weights in float32, under PyTorch state-dict names\n"
    "  encoder.py    a reader in plain PyTorch (torch, h5py): load(FOLDER)(frames, lengths)\n"
    "  encoder.pt    the same as TorchScript: torch.jit.load(\"encoder.pt\")(frames, lengths), in Python or\n"
    "                C++\n"
    "  sample.h5     with --sample: preprocessed clips and their features; python FOLDER/encoder.py\n"
    "                compares them with its own";

struct ExportOptions {
    EncoderOptions encoder;
    std::string output;
    bool force = false;
    std::string format = "both";
    std::int64_t sample = 0;
    std::vector<std::string> data;
    bool json = false;
};

void declare(Options& options, ExportOptions& o) {
    options.section("Options");
    declare(options, o.encoder);
    options.add("output", o.output, "folder to write");
    options.add("force", o.force, "replaces an existing export");
    options.add("format", o.format, "weights (encoder.h5 and encoder.py), torchscript (encoder.pt) or both");
    options.words({"weights", "torchscript", "both"});
    options.add("sample", o.sample, "number of clips to write with their features, spread over the data set");
    options.add("data", o.data, "clip stores of the sample (none: those of the run)");
    options.add("json", o.json, "prints what was written as one JSON object");
}

ExportFormats formats_of(const std::string& format) {
    return {.weights = format != "torchscript", .torchscript = format != "weights"};
}

void check(const ExportOptions& o) {
    if (o.output.empty()) {
        throw ConfigError{"--output FOLDER is missing: the encoder is written to it"};
    }
    if (o.sample < 0) {
        throw ConfigError{fmt::format("--sample {}: expected 0 or more clips", o.sample)};
    }
    if (o.sample == 0 && !o.data.empty()) {
        throw ConfigError{"--data belongs to --sample N: without it no clip is read; leave --data out"};
    }
}

/// Called before anything is computed.
void check_output(const ExportOptions& o) {
    if (std::filesystem::exists(o.output) && !o.force) {
        throw ConfigError{fmt::format("--output {}: exists already; --force replaces an export", o.output)};
    }
    check_export_folder(o.output);
}

/// Returns `wanted` clips, evenly spread over `clips`, or all of them if there are fewer.
std::vector<std::int64_t> spread(const std::vector<std::int64_t>& clips, std::int64_t wanted) {
    const auto all = std::ssize(clips);
    const auto count = std::min(wanted, all);
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = 0; i < count; ++i) {
        chosen.push_back(clips[static_cast<std::size_t>(i * all / count)]);
    }
    return chosen;
}

/// Computes the features of sample clips for the export. Collective.
ExportSample sample_of(const ExportOptions& options, const RunEncoder& encoder, const Ranks& ranks) {
    const DataSet data{data_for(encoder.run, options.data, ranks.world),
                       {preprocess_config_of(encoder.run), weights_type(encoder.run.precision), "half"},
                       ranks};
    const auto clips = spread(select_clips(data.index(), {}), options.sample);
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    encoder.method->to(group.device());
    const auto features = embed(*encoder.method, data.features(), clips, group).cpu().to(torch::kFloat32);
    ExportSample sample;
    agree(ranks.world, [&] { sample = {clips, padded(gather(data.features(), clips)), features}; });
    return sample;
}

void tell(const ExportOptions& options, const EncoderExport& encoder, std::int64_t sample) {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator{options.output}) {
        files.push_back(entry.path().filename().string());
    }
    std::ranges::sort(files);
    if (options.json) {
        nlohmann::json summary = encoder.attributes;
        summary["output"] = options.output;
        summary["files"] = files;
        summary["sample"] = sample;
        fmt::print("{}\n", io::json_text(summary, 2));
        return;
    }
    fmt::print("{}: {} after step {}, {} blocks of width {}, {} features per frame; {}\n", options.output,
               encoder.attributes.at("method"), encoder.attributes.at("step"), encoder.config.blocks,
               encoder.config.width, encoder.config.features, fmt::join(files, ", "));
}

}  // namespace

int export_encoder(Arguments arguments, const Ranks& ranks) {
    ExportOptions fields;
    Options options{export_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    check(fields);
    const auto formats = formats_of(fields.format);
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            check_output(fields);
        }
    });
    const auto encoder = read_encoder(fields.encoder, /*is_random=*/false, ranks);
    std::optional<ExportSample> sample;
    if (fields.sample > 0) {
        sample = sample_of(fields, encoder, ranks);
    }
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            const EncoderExport content{.config = encoder.run.method.encoder,
                                        .preprocess = preprocess_config_of(encoder.run),
                                        .weights = encoder_tensors(*encoder.method),
                                        .attributes = encoder.attributes};
            write_export(fields.output, content, formats, sample);
            tell(fields, content, sample ? sample->features.size(0) : 0);
        }
    });
    return exit_done;
}

}  // namespace sslslr

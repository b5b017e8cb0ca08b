#include "src/evaluate/embed.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "io/file/json_text.hpp"
#include "io/tensors/feature_file.hpp"
#include "launch/command.hpp"
#include "launch/commands/store_options.hpp"
#include "src/data/clip_selection.hpp"
#include "src/errors.hpp"
#include "src/run/data_set.hpp"
#include "src/run/run_encoder.hpp"
#include "src/run/run_folder.hpp"

namespace sslslr {
namespace {

constexpr const char* embed_usage =
    "usage: [mpirun -n N] sslslr embed --run FOLDER --output FILE.h5 [OPTIONS]\n\n"
    "Writes the frozen features of clips, as evaluate computes them, into one HDF5 file: /features\n"
    "[clips, width], /clips/{number, id, label, signer, name}, /labels, /signers, and attributes that\n"
    "describe the encoder. The file is identical, bit for bit, on any number of ranks on processors of\n"
    "one type.";

struct EmbedCommandOptions {
    EncoderOptions encoder;
    OutputOptions output;
    std::vector<std::string> data;
    std::string memory_limit = "half";
    Selection selection;
    bool is_random = false;
    bool json = false;
};

void declare(Options& options, EmbedCommandOptions& o) {
    options.section("The encoder");
    declare(options, o.encoder);
    options.add("random", o.is_random, "uses the random weights from which the encoder's training started");
    options.section("The clips");
    options.add("data", o.data, "clip stores: files or patterns (none: those of the run)");
    options.add("memory-limit", o.memory_limit, memory_limit_help);
    options.add("split", o.selection.split, "only clips of this split, in its order (empty: all clips)");
    options.add("signer", o.selection.signers, "only clips of these signers (none: all)");
    options.add("leave-out-signer", o.selection.left_out_signers, "signers whose clips are left out");
    options.add("labelled", o.selection.only_labelled, "only clips with the label of a sign");
    options.section("The file");
    options.add("output", o.output.output, "file to write");
    options.add("force", o.output.force, "replaces an existing file");
    options.add("json", o.json, "prints a summary as one JSON object");
}

/// Called before anything is computed.
void check_output(const OutputOptions& output) {
    if (output.output.empty()) {
        throw ConfigError{"--output FILE.h5 is missing: the features are written to it"};
    }
    refuse_existing(output.output, output.force);
    const auto folder = std::filesystem::absolute(output.output).parent_path();
    if (!std::filesystem::is_directory(folder)) {
        throw ConfigError{fmt::format("--output {}: the folder {} does not exist; create it first",
                                      output.output, folder.string())};
    }
}

io::FeatureFile described(const torch::Tensor& features, const std::vector<std::int64_t>& clips,
                          const io::ClipIndex& index) {
    io::FeatureFile file{.features = features.cpu().to(torch::kFloat32),
                         .numbers = clips,
                         .label_names = index.label_names,
                         .signer_names = index.signer_names};
    for (const auto clip : clips) {
        const auto at = static_cast<std::size_t>(clip);
        file.ids.push_back(index.ids[at]);
        file.labels.push_back(index.labels[at]);
        file.signers.push_back(index.signers[at]);
        if (!index.names.empty()) {
            file.names.push_back(index.names[at]);
        }
    }
    return file;
}

void tell(const io::FeatureFile& file, const EmbedCommandOptions& options) {
    nlohmann::json summary = file.attributes;
    summary["output"] = options.output.output;
    summary["clips"] = file.features.size(0);
    summary["width"] = file.features.size(1);
    if (options.json) {
        fmt::print("{}\n", io::json_text(summary, 2));
        return;
    }
    fmt::print("{}: {} clips, {} features each, {} after step {}\n", options.output.output,
               file.features.size(0), file.features.size(1), file.attributes.at("method"),
               file.attributes.at("step"));
}

}  // namespace

int embed(Arguments arguments, const Ranks& ranks) {
    EmbedCommandOptions fields;
    Options options{embed_usage};
    declare(options, fields);
    if (!read_or_help(options, arguments, ranks)) {
        return exit_done;
    }
    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            check_output(fields.output);
        }
    });
    const auto encoder = read_encoder(fields.encoder, fields.is_random, ranks);
    const DataSet data{
        data_for(encoder.run, fields.data, ranks.world),
        {preprocess_config_of(encoder.run), weights_type(encoder.run.precision), fields.memory_limit},
        ranks};
    const auto clips = select_clips(data.index(), fields.selection);
    dist::Group group{ranks.world.duplicate(), dist::default_device(ranks.node)};
    encoder.method->to(group.device());
    const auto features = embed(*encoder.method, data.features(), clips, group);

    agree(ranks.world, [&] {
        if (ranks.is_first()) {
            auto file = described(features, clips, data.index());
            file.attributes = encoder.attributes;
            file.attributes["data"] = data.fingerprint();
            io::write_features(fields.output.output, file);
            tell(file, fields);
        }
    });
    return exit_done;
}

}  // namespace sslslr

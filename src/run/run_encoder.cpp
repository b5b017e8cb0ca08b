#include "src/run/run_encoder.hpp"

#include <filesystem>

#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "io/tensors/checkpoint_file.hpp"
#include "src/errors.hpp"
#include "src/export/description.hpp"
#include "src/run/run_folder.hpp"
#include "src/settings/program.hpp"
#include "src/train/checkpoints.hpp"
#include "src/train/weights.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

fs::path folder_of_run(const EncoderOptions& options) {
    if (!options.run.empty()) {
        return options.run;
    }
    if (options.checkpoint.empty()) {
        throw ConfigError{fmt::format("{} is missing: it holds the checkpoint of the encoder",
                                      io::setting("run", "FOLDER"))};
    }
    const auto folder = fs::absolute(options.checkpoint).parent_path().parent_path();
    if (!fs::exists(folder / "config.ini")) {
        throw ConfigError{fmt::format(
            "{}: no config.ini in {}, so the encoder's shape is unknown: give its {}",
            io::setting("checkpoint", options.checkpoint), folder.string(), io::setting("run", "FOLDER"))};
    }
    return folder;
}

io::CheckpointFile checkpoint_of(const EncoderOptions& options, const fs::path& run, const Ranks& ranks) {
    if (!options.checkpoint.empty()) {
        io::CheckpointFile checkpoint;
        agree(ranks.world, [&] { checkpoint = io::read_checkpoint(options.checkpoint); });
        return checkpoint;
    }
    return newest_checkpoint(run, ranks);
}

}  // namespace

void declare(Options& options, EncoderOptions& o) {
    options.add("run", o.run, "folder of the run (none: the one that --checkpoint is in)");
    options.add("checkpoint", o.checkpoint, "checkpoint of the encoder (none: the newest of the run)");
    options.add("threads", o.threads, "threads of each rank");
}

std::shared_ptr<Method> fresh_encoder(MethodConfig shape, const PretrainOptions& run) {
    shape.kind = method_named("supervised");
    shape.classes = 2;
    auto method = make_method(shape, run.seed);
    method->set_precision(run.precision);
    return method;
}

io::CheckpointFile newest_checkpoint(const fs::path& run, const Ranks& ranks) {
    auto newest =
        Checkpoints{run, ranks.world}.read_newest([&](const std::string& text) { ranks.warn(text); });
    if (!newest) {
        throw ConfigError{
            fmt::format("{}: no checkpoint there yet: continue sslslr pretrain until it has written one",
                        io::setting("run", run.string()))};
    }
    return *std::move(newest);
}

RunEncoder read_encoder(const EncoderOptions& options, bool is_random, const Ranks& ranks) {
    if (options.threads < 1) {
        throw ConfigError{fmt::format("{}: expected 1 or more", io::setting("threads", options.threads))};
    }
    if (is_random && !options.checkpoint.empty()) {
        throw ConfigError{fmt::format("{} takes no {}: leave one of them out", io::setting("random"),
                                      io::setting("checkpoint"))};
    }
    at::set_num_threads(static_cast<int>(options.threads));
    const auto folder = folder_of_run(options);
    RunEncoder encoder{.run = read_run_options(folder), .method = {}, .attributes = {}};
    fit_to(encoder.run.method.encoder, layout_of(preprocess_config_of(encoder.run)));
    encoder.run.method.encoder.frames = encoder.run.preprocess.frames;
    encoder.method = fresh_encoder(encoder.run.method, encoder.run);
    encoder.attributes = {{"run", folder.string()},
                          {"method", is_random ? "random weights" : encoder.run.method.kind->name},
                          {"step", "0"},
                          {"written_by", "sslslr " + program_version()},
                          {"code", code_identity()}};
    if (!is_random) {
        const auto checkpoint = checkpoint_of(options, folder, ranks);
        load_weights(*encoder.method, checkpoint, "encoder.");
        const auto copy = [&](const char* from, const char* to) {
            if (const auto found = checkpoint.attributes.find(from); found != checkpoint.attributes.end()) {
                encoder.attributes[to] = found->second;
            }
        };
        copy("step", "step");
        copy("data", "trained_on");
        copy("code", "trained_by");
        auto& trained_by = encoder.attributes["trained_by"];
        if (const auto note = note_of_code(folder.string(), trained_by); !note.empty() && ranks.is_first()) {
            ranks.warn(note);
        }
        trained_by = named_code(trained_by);
    }
    encoder.attributes["weights"] =
        fmt::format("{:016x}", weights_fingerprint(encoder_tensors(*encoder.method)));
    return encoder;
}

}  // namespace sslslr

#include "src/study/study_work.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"
#include "io/file/metrics_file.hpp"
#include "io/file/setting.hpp"
#include "io/store/training_clips.hpp"
#include "src/errors.hpp"
#include "src/evaluate/metrics.hpp"
#include "src/jobs/take_over.hpp"
#include "src/protocol/measured_run.hpp"
#include "src/protocol/run_evaluation.hpp"
#include "src/run/batch_config.hpp"
#include "src/run/pretraining.hpp"
#include "src/run/run_data.hpp"
#include "src/run/run_encoder.hpp"
#include "src/run/run_folder.hpp"
#include "src/run/stop_request.hpp"
#include "src/study/measured_spreads.hpp"
#include "src/study/study_folder.hpp"
#include "src/train/checkpoints.hpp"
#include "src/train/run.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;

using FolderOf = fs::path (*)(const fs::path& study, const std::string& job, std::int64_t attempt);

/// Returns the folders of a claim's earlier attempts, the newest first.
std::vector<fs::path> earlier(const fs::path& study, const Claim& claim, FolderOf folder_of) {
    std::vector<fs::path> folders;
    for (auto attempt = claim.attempt - 1; attempt >= 1; --attempt) {
        folders.push_back(folder_of(study, claim.job, attempt));
    }
    return folders;
}

Result trained_result(const fs::path& run, std::int64_t last_step) {
    const auto rows = io::read_metrics(run / "metrics.jsonl");
    const auto spreads = measured_spreads(rows);
    if (spreads.empty() || spreads.rbegin()->first != last_step) {
        throw io::DataError{
            run / "metrics.jsonl",
            fmt::format("expected rows up to step {}; the disk may have been full", last_step)};
    }
    const auto& first = spreads.begin()->second;
    const auto& last = spreads.rbegin()->second;
    const auto share = [&](double Spread::*spread) {
        return first.*spread > 0 ? last.*spread / first.*spread : 0;
    };
    return {.outcome = {{"steps", last_step},
                        {"loss", rows.back().at("loss")},
                        {"spread_end", share(&Spread::raw)},
                        {"spread_normalised_end", share(&Spread::normalised)}},
            .detail = nlohmann::json::object()};
}

void note_report(const StepReport& report) {
    note_step(report.seconds.total);
}

std::string digits_of(const torch::Tensor& bits) {
    std::string digits;
    for (const auto bit : per_clip(bits)) {
        digits += bit > 0 ? '1' : '0';
    }
    return digits;
}

Result scored(const ProtocolScores& scores, const torch::Tensor& truth, std::int64_t classes) {
    const auto result = outcome(scores.test, truth);
    Result done{.outcome = {{"top1", share_right(result.top1)},
                            {"top5", share_right(result.top5)},
                            {"macro_f1", macro_f1(confusion_matrix(result.predicted, truth, classes))}},
                .detail = {{"correct", digits_of(result.top1)},
                           {"correct5", digits_of(result.top5)},
                           {"predicted", whole_numbers(result.predicted)}}};
    if (scores.validation_top1) {
        done.outcome["validation"] = *scores.validation_top1;
    }
    return done;
}

void add(const NamedMeasures& measures, Result& result) {
    for (const auto& [name, value] : measures) {
        result.outcome[name] = value;
    }
}

}  // namespace

std::function<void(const std::string&)> StudyWork::warner_of(const std::string& job) const {
    return [warn = warn_, job](const std::string& text) { warn(job + ": " + io::as_entries(text)); };
}

std::vector<Job> StudyWork::wanted(const LedgerState& state) {
    for (const auto& [id, job] : state.jobs()) {
        if (job.status == JobStatus::done) {
            attempts_[id] = job.attempt;
        }
    }
    return jobs_.wanted(state);
}

std::optional<Result> StudyWork::run(const Claim& claim, const std::function<bool()>& should_stop) {
    if (const auto* const job = jobs_.pretraining(claim.job)) {
        return pretrain(*job, claim, should_stop);
    }
    if (const auto* const job = jobs_.evaluation(claim.job)) {
        return evaluate(*job, claim, should_stop);
    }
    throw ConfigError{fmt::format("the study has no job {}: it may have been planned again", claim.job)};
}

std::optional<Result> StudyWork::pretrain(const PretrainingJob& job, const Claim& claim,
                                          const std::function<bool()>& should_stop) {
    const auto folder = pretraining_folder(folder_, claim.job, claim.attempt);
    agree(group_.communicator(), [&] {
        if (group_.rank() == 0) {
            take_over(folder, earlier(folder_, claim, pretraining_folder));
        }
    });
    auto fields = pretrain_options_of(job.options, job.name);
    const auto& parts = data_.parts(job.data, job.fold);
    fields.run = folder.string();
    fields.train_split = parts.train_split;
    fields.left_out_signers = parts.left_out_signers;
    const auto& data = data_.data(job.data);
    Pretraining training{fields, data, data_.clips(job.data, job.fold).pretrain, group_};
    open_run_folder(folder, fields, group_.communicator(), /*lock=*/false);
    write_run_options(folder, fields, group_.communicator());
    record(job, folder);
    RunConfig run{.folder = folder,
                  .last_step = training.last_step(),
                  .checkpoint_every = fields.checkpoint_every,
                  .keep_checkpoints = 1,
                  .spread_every = fields.spread_every};
    run.collapse = fields.collapse;
    remember_origin(run, fields, data, data_.clips(job.data, job.fold).pretrain, codes_,
                    [&](const std::string& text) {
                        if (group_.rank() == 0) {
                            warner_of(job.name)(text);
                        }
                    });
    RunHooks hooks;
    hooks.on_step = note_report;
    hooks.warn = warner_of(job.name);
    hooks.stop_requested = should_stop;
    const bool is_done = run_training(training.trainer(), group_, run, hooks);
    if (!is_done) {
        return std::nullopt;
    }
    Result result;
    agree(group_.communicator(), [&] {
        if (group_.rank() == 0) {
            result = trained_result(folder, training.last_step());
        }
    });
    return result;
}

void StudyWork::record(const PretrainingJob& job, const fs::path& run) const {
    agree(group_.communicator(), [&] {
        if (group_.rank() != 0) {
            return;
        }
        const auto& clips = data_.clips(job.data, job.fold).pretrain;
        try {
            io::write_training_clips(run / io::training_clips_file, {data_.data(job.data).fingerprint(),
                                                                     clips, data_.prints(job.data, clips)});
        } catch (const io::DataError& error) {
            warner_of(job.name)(error.what());
        }
    });
}

std::shared_ptr<Method> StudyWork::encoder_of(const EvaluationJob& job, const MethodConfig& shape,
                                              const PretrainOptions& options) {
    auto method = fresh_encoder(shape, options);
    method->to(group_.device());
    if (job.encoder != EncoderKind::pretrained) {
        return method;
    }
    // Only the group's first rank follows the ledger.
    const auto attempt = std::stoll(group_.communicator().broadcast(
        group_.rank() == 0 ? std::to_string(attempts_.at(job.pretraining)) : ""));
    const auto run = pretraining_folder(folder_, job.pretraining, attempt);
    const auto checkpoint = Checkpoints{run, group_.communicator()}.read_newest([](const std::string&) {});
    if (!checkpoint) {
        throw ConfigError{fmt::format(
            "{}: its checkpoint is missing: restore it, or remove the study's folder", run.string())};
    }
    load_weights(*method, *checkpoint, "encoder.");
    return method;
}

std::optional<Result> StudyWork::evaluate(const EvaluationJob& job, const Claim& claim,
                                          const std::function<bool()>& should_stop) {
    const auto options = pretrain_options_of(job.options, job.name);
    const auto& data = data_.data(job.data);
    const auto& clips = data_.clips(job.data, job.fold);
    const auto shape = method_config_of(options, data);
    const auto method = encoder_of(job, shape, options);
    const auto cache = cached_features(options, folder_ / "cache", warner_of(job.name));
    if (protocol_kind(job.protocol) == ProtocolKind::measures) {
        const LabelledClips labelled{clips, {}, options.seed};
        const auto measured = measured_features(*method, data.features(), clips, labelled, group_, cache);
        agree(group_.communicator(), [&] {
            if (group_.rank() == 0) {
                keep_features(job, measured.test, torch::tensor(clips.classes_of(clips.test)));
            }
        });
        Result result{.outcome = nlohmann::json::object(), .detail = nlohmann::json::object()};
        add(measured.measures, result);
        return result;
    }
    const auto protocol = protocol_config_of(job.protocol, job.name);
    const auto checkpoints = evaluation_folder(folder_, claim.job, claim.attempt);
    const bool keeps_checkpoints = trains_encoder(protocol) && group_.rank() == 0;
    agree(group_.communicator(), [&] {
        if (keeps_checkpoints) {
            take_over(checkpoints, earlier(folder_, claim, evaluation_folder));
        }
    });
    auto setting = protocol_setting(options, data, clips, group_, agreed_batch_config(options, group_));
    setting.embedding = cache;
    setting.should_stop = should_stop;
    setting.on_step = note_report;
    setting.warn = warner_of(job.name);
    setting.checkpoints = checkpoints;
    const auto scores = protocol_scores(*method, protocol, setting);
    if (!scores) {
        return std::nullopt;
    }
    if (keeps_checkpoints) {
        auto folders = earlier(folder_, claim, evaluation_folder);
        folders.push_back(checkpoints);
        for (const auto& each : folders) {
            std::error_code ignored;  // a worker that lost its lease may still write there
            fs::remove_all(each, ignored);
        }
    }
    auto result = scored(*scores, torch::tensor(clips.classes_of(clips.test)), clips.classes());
    if (protocol.kind == ProtocolKind::raw) {
        const LabelledClips labelled{clips, protocol.labels, setting.batches.seed};
        add(measured_skeletons(data.features(), clips, labelled, group_), result);
    }
    return result;
}

void StudyWork::keep_features(const EvaluationJob& job, const torch::Tensor& features,
                              const torch::Tensor& labels) const {
    if (job.run != 0 || job.fold != 0) {
        return;
    }
    const auto path = folder_ / features_file(job.id);
    fs::create_directories(path.parent_path());
    const auto& names = data_.clips(job.data, job.fold).class_names;
    io::write_checkpoint(path, {.tensors = {{"features", features.to(torch::kFloat32)}, {"labels", labels}},
                                .attributes = {{"class_names", fmt::format("{}", fmt::join(names, "\n"))}}});
}

}  // namespace sslslr

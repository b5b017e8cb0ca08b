#pragma once

#include <filesystem>
#include <map>
#include <memory>

#include "src/jobs/work.hpp"
#include "src/study/study_data.hpp"
#include "src/study/study_jobs.hpp"

namespace sslslr {

/// Runs the jobs of a study on one group of ranks.
class StudyWork : public JobSource {
public:
    /// What is passed by reference must outlive this.
    /// @param folder  of the study
    /// @param codes   whose unfinished trainings are resumed: see joined_codes()
    /// @param warn    reports what a job survives
    StudyWork(const StudyJobs& jobs, const StudyDataSets& data, std::filesystem::path folder,
              std::string codes, dist::Group& group, std::function<void(const std::string&)> warn)
        : jobs_{jobs},
          data_{data},
          folder_{std::move(folder)},
          codes_{std::move(codes)},
          group_{group},
          warn_{std::move(warn)} {}

    std::vector<Job> wanted(const LedgerState& state) override;

    /// A training, of an evaluation's whole network too, goes on from what an earlier attempt has left. A
    /// pretraining's outcome holds "steps", "loss" and the spread of its outputs; an evaluation's "top1",
    /// "top5", "macro_f1", its detail "correct", "correct5" (a digit a test clip) and "predicted"; one of
    /// measures holds EmbeddingMeasures and Retrieval, which that of the raw skeletons has, too.
    std::optional<Result> run(const Claim& claim, const std::function<bool()>& should_stop) override;

private:
    std::function<void(const std::string&)> warner_of(const std::string& job) const;
    std::optional<Result> pretrain(const PretrainingJob& job, const Claim& claim,
                                   const std::function<bool()>& should_stop);
    /// Which clips a training sees, beside its checkpoints, for those who evaluate its run elsewhere.
    /// Collective over the group.
    void record(const PretrainingJob& job, const std::filesystem::path& run) const;
    std::optional<Result> evaluate(const EvaluationJob& job, const Claim& claim,
                                   const std::function<bool()>& should_stop);
    std::shared_ptr<Method> encoder_of(const EvaluationJob& job, const MethodConfig& shape,
                                       const PretrainOptions& options);
    /// Keeps the features of the first run on the first fold, for figures.
    void keep_features(const EvaluationJob& job, const torch::Tensor& features,
                       const torch::Tensor& labels) const;

    const StudyJobs& jobs_;
    const StudyDataSets& data_;
    std::filesystem::path folder_;
    std::string codes_;
    dist::Group& group_;
    std::function<void(const std::string&)> warn_;
    std::map<std::string, std::int64_t> attempts_;  ///< accepted ones of trainings, on the group's first rank
};

}  // namespace sslslr

#include "codegen/cpu/Bufferization.h"
#include "codegen/cpu/KernelCall.h"
#include "codegen/cpu/Kernels.h"
#include "dialect/TriMod.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace trimod {
namespace {

/// The buffers of an op's results.
using ResultBuffers = FailureOr<SmallVector<Value>>;

/// What all ops with kernels have in common: they read their operands and write new buffers.
template <typename OpType, ResultBuffers (*build)(OpType, KernelCall &)>
struct KernelModel : BufferizableOpInterface::ExternalModel<KernelModel<OpType, build>, OpType> {
  bool bufferizesToAllocation(Operation *, Value) const { return true; }
  bool bufferizesToMemoryRead(Operation *, OpOperand &, const AnalysisState &) const {
    return true;
  }
  bool bufferizesToMemoryWrite(Operation *, OpOperand &, const AnalysisState &) const {
    return false;
  }
  AliasingValueList getAliasingValues(Operation *, OpOperand &, const AnalysisState &) const {
    return {};
  }
  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options, BufferizationState &state) const {
    KernelCall call(rewriter, op, options);
    if (failed(call.findBuffers(state)))
      return failure();
    ResultBuffers results = build(cast<OpType>(op), call);
    if (failed(results))
      return failure();
    replaceOpWithBufferizedValues(rewriter, op, *results);
    return success();
  }
};

int64_t dimSize(Value tensor, int64_t dimension) {
  return cast<RankedTensorType>(tensor.getType()).getDimSize(dimension);
}

int64_t lastDimSize(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape().back();
}

/// Kernels have their sizes built in.
LogicalResult requireStatic(Operation *op, StringRef what, std::initializer_list<int64_t> sizes) {
  if (llvm::none_of(sizes, ShapedType::isDynamic))
    return success();
  return op->emitOpError("needs a static ") << what << " for its kernel";
}

/// Sizes of the dynamic ones of all dimensions of `buffer` but the last `dropped`.
SmallVector<Value> leadingSizes(KernelCall &call, Value buffer, int64_t dropped) {
  SmallVector<Value> sizes;
  auto type = cast<MemRefType>(buffer.getType());
  for (int64_t i = 0; i + dropped < type.getRank(); ++i)
    if (type.isDynamicDim(i))
      sizes.push_back(call.dim(buffer, i));
  return sizes;
}

/// `size` as the list of dynamic sizes of a result whose first dimension it is, if that dimension
/// is dynamic.
SmallVector<Value> leadingSize(Value result, Value size) {
  auto type = cast<RankedTensorType>(result.getType());
  if (type.getRank() > 0 && type.isDynamicDim(0))
    return {size};
  return {};
}

ResultBuffers buildEmbedding(EmbeddingOp op, KernelCall &call) {
  using Element = EmbeddingConfig::Element;
  EmbeddingConfig config;
  config.width = lastDimSize(op.getTable());
  Type element = getElementTypeOrSelf(op.getTable().getType());
  config.element = element.isF32() ? Element::F32 : element.isF16() ? Element::F16 : Element::I8;
  if (failed(requireStatic(op, "table width", {config.width})))
    return failure();
  Value ids = call.getBuffer(op.getIds());
  Value result = call.allocateResult(op.getResult(), leadingSizes(call, ids, 0));
  SmallVector<Value> arguments = {call.asVector(ids), call.getBuffer(op.getTable())};
  if (op.getScales())
    arguments.push_back(call.getBuffer(op.getScales()));
  arguments.push_back(call.asRows(result));
  auto kernel = buildEmbeddingKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, arguments)))
    return failure();
  return SmallVector<Value>{result};
}

LogicalResult checkPanelWidth(Operation *op, int64_t width, const Target &target) {
  if (width % target.lanes() == 0)
    return success();
  return op->emitOpError("has panels of ") << width << " columns, expected a multiple of the "
                                           << target.lanes() << " lanes of " << target.name();
}

ResultBuffers buildLinear(PackedLinearOp op, KernelCall &call) {
  LinearConfig config;
  config.inner = lastDimSize(op.getX());
  config.columns = op.getColumns();
  config.panelWidth = lastDimSize(op.getW());
  config.hasBias = bool(op.getB());
  config.hasStart = bool(op.getStart());
  if (failed(requireStatic(op, "shape of its weights",
                           {config.inner, config.panelWidth, dimSize(op.getW(), 0)})))
    return failure();
  if (failed(checkPanelWidth(op, config.panelWidth, call.getTarget())))
    return failure();
  Value x = call.getBuffer(op.getX());
  Value result = call.allocateResult(op.getResult(), leadingSizes(call, x, 1));
  SmallVector<Value> arguments = {call.asRows(x), call.getBuffer(op.getW())};
  if (op.getB())
    arguments.push_back(call.getBuffer(op.getB()));
  if (op.getStart())
    arguments.push_back(call.asRows(call.getBuffer(op.getStart())));
  arguments.push_back(call.asRows(result));
  auto kernel = buildLinearKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, arguments)))
    return failure();
  return SmallVector<Value>{result};
}

ResultBuffers buildConv1d(PackedConv1dOp op, KernelCall &call) {
  ConvConfig config;
  config.channels = lastDimSize(op.getX());
  config.kernel = op.getKernel();
  config.columns = op.getColumns();
  config.panelWidth = lastDimSize(op.getW());
  config.hasBias = bool(op.getB());
  config.activation = op.getActivation();
  if (failed(requireStatic(op, "shape of its weights",
                           {config.channels, config.panelWidth, dimSize(op.getW(), 0)})) ||
      failed(checkPanelWidth(op, config.panelWidth, call.getTarget())))
    return failure();
  Value x = call.getBuffer(op.getX());
  Value rows = call.dim(x, 0);
  Value result = call.allocateResult(op.getResult(), leadingSize(op.getResult(), rows));
  SmallVector<Value> arguments = {x, call.getBuffer(op.getW())};
  if (op.getB())
    arguments.push_back(call.getBuffer(op.getB()));
  Type index = IndexType::get(op.getContext()), f32 = Float32Type::get(op.getContext());
  arguments.append({call.getOffsets(op.getOffsets(), rows),
                    call.allocate({ShapedType::kDynamic}, index, {rows}),
                    call.allocate({config.scratchValues(call.getTarget())}, f32), result});
  auto kernel = buildConvKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, arguments)))
    return failure();
  return SmallVector<Value>{result};
}

ResultBuffers buildMaxOverTime(MaxOverTimeOp op, KernelCall &call) {
  MaxOverTimeConfig config{lastDimSize(op.getX())};
  if (failed(requireStatic(op, "number of columns", {config.columns})))
    return failure();
  Value x = call.getBuffer(op.getX());
  Value offsets = call.getOffsets(op.getOffsets(), call.dim(x, 0));
  // Of one segment the result is [C], whose dimension is static.
  Value result =
      call.allocateResult(op.getResult(), leadingSize(op.getResult(), call.getSegments(offsets)));
  auto kernel = buildMaxOverTimeKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, {x, offsets, call.asRows(result)})))
    return failure();
  return SmallVector<Value>{result};
}

/// What the kernels of all recurrences take and give.
struct RecurrenceBuffers {
  Value segments;
  SmallVector<Value> arguments, results;
};

template <typename Op>
FailureOr<RecurrenceBuffers> getRecurrenceBuffers(Op op, const RecurrenceConfig &config,
                                                  KernelCall &call) {
  int64_t lanes = call.getTarget().lanes();
  if (lastDimSize(op.getWHh()) != config.gates * lanes)
    return op.emitOpError("has panels of ")
           << lastDimSize(op.getWHh()) << " columns, expected " << config.gates << " times the "
           << lanes << " lanes of " << call.getTarget().name();
  Value gates = call.getBuffer(op.getGates());
  Value gateRows = op.getRows() ? call.asVector(call.getBuffer(op.getRows())) : Value();
  Value rows = call.dim(gateRows ? gateRows : gates, 0);
  Value offsets = call.getOffsets(op.getOffsets(), rows);
  Value segments = call.getSegments(offsets);
  Type index = IndexType::get(op.getContext()), f32 = Float32Type::get(op.getContext());
  Value states = call.allocateResult(op.getStates(), leadingSize(op.getStates(), rows));
  Value last = call.allocateResult(op.getLast(), leadingSize(op.getLast(), segments));
  Value indices =
      call.allocate({ShapedType::kDynamic}, index,
                    {call.add(call.add(rows, segments), RecurrenceConfig::extraIndices)});
  Value scratch = call.allocate({config.scratchValues(call.getTarget())}, f32);
  RecurrenceBuffers buffers{
      segments,
      {gates, call.getBuffer(op.getWHh()), offsets, indices, scratch, states, call.asRows(last)},
      {states, last}};
  if (gateRows)
    buffers.arguments.push_back(gateRows);
  return buffers;
}

ResultBuffers buildGru(PackedGruOp op, KernelCall &call) {
  GruConfig config(op.getHidden(), op.getDirection());
  config.hasRows = bool(op.getRows());
  FailureOr<RecurrenceBuffers> buffers = getRecurrenceBuffers(op, config, call);
  if (failed(buffers))
    return failure();
  buffers->arguments.push_back(call.getBuffer(op.getBHn()));
  auto kernel = buildGruKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, buffers->arguments)))
    return failure();
  return buffers->results;
}

ResultBuffers buildLstm(PackedLstmOp op, KernelCall &call) {
  LstmConfig config(op.getHidden(), op.getDirection());
  config.hasRows = bool(op.getRows());
  FailureOr<RecurrenceBuffers> buffers = getRecurrenceBuffers(op, config, call);
  if (failed(buffers))
    return failure();
  Value lastCell =
      call.allocateResult(op.getLastCell(), leadingSize(op.getLastCell(), buffers->segments));
  buffers->results.push_back(lastCell);
  buffers->arguments.push_back(call.asRows(lastCell));
  auto kernel = buildLstmKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, buffers->arguments)))
    return failure();
  return buffers->results;
}

ResultBuffers buildAttentionContext(AttentionContextOp op, KernelCall &call) {
  AttentionContextConfig config;
  config.contexts = op.getContexts().size();
  if (config.contexts == 0)
    return op.emitOpError("has no context, expected at least one for its kernel");
  config.width = lastDimSize(op.getContexts()[0]);
  config.attention = dimSize(op.getU(), 0);
  if (failed(requireStatic(op, "width", {config.width, config.attention})))
    return failure();
  SmallVector<Value> contexts = call.getBuffers(op.getContexts());
  SmallVector<Value> offsets;
  Value total;
  for (auto [k, context] : llvm::enumerate(contexts)) {
    Value rows = call.dim(context, 0);
    total = total ? call.add(total, rows) : rows;
    bool segmented = !op.getContextOffsets().empty();
    offsets.push_back(call.getOffsets(segmented ? op.getContextOffsets()[k] : Value(), rows));
  }
  Value segments = call.getSegments(offsets[0]);
  auto allocateResult = [&](Value result) {
    return call.allocateResult(result, leadingSize(result, segments));
  };
  // `sum` of one segment is tensor<dxf32>, whose dimension is the width.
  Value max = allocateResult(op.getMax()), weight = allocateResult(op.getWeight());
  Value sum = allocateResult(op.getSum());
  Value scratch = call.allocate({ShapedType::kDynamic}, Float32Type::get(op.getContext()), {total});

  SmallVector<Value> arguments(contexts);
  llvm::append_range(arguments, call.getBuffers(op.getProjected()));
  arguments.push_back(call.getBuffer(op.getU()));
  llvm::append_range(arguments, offsets);
  arguments.append({scratch, call.asVector(max), call.asVector(weight), call.asRows(sum)});
  auto kernel = buildAttentionContextKernel(call.getModule(), call.getTarget(), config);
  if (failed(call.emit(kernel, arguments)))
    return failure();
  return SmallVector<Value>{max, weight, sum};
}

ResultBuffers buildAttentionMerge(AttentionMergeOp op, KernelCall &call) {
  AttentionMergeConfig config;
  config.width = lastDimSize(op.getQueries());
  config.attention = dimSize(op.getU(), 0);
  if (failed(requireStatic(op, "width", {config.width, config.attention})))
    return failure();
  Value queries = call.getBuffer(op.getQueries());
  Value rows = call.dim(queries, 0);
  Value result = call.allocateResult(op.getResult(), leadingSize(op.getResult(), rows));
  auto kernel = buildAttentionMergeKernel(call.getModule(), call.getTarget(), config);
  if (failed(
          call.emit(kernel, {queries, call.getBuffer(op.getProjected()), call.getBuffer(op.getU()),
                             call.asVector(call.getBuffer(op.getMax())),
                             call.asVector(call.getBuffer(op.getWeight())),
                             call.asRows(call.getBuffer(op.getSum())),
                             call.getOffsets(op.getQueryOffsets(), rows), result})))
    return failure();
  return SmallVector<Value>{result};
}

/// What the kernels of CRF ops on emissions have in common.
template <typename Op>
struct CrfCall {
  CrfCall(Op op, KernelCall &call)
      : call(call), rows(call.dim(call.getBuffer(op.getEmissions()), 0)) {
    Value offsets = call.getOffsets(op.getOffsets(), rows);
    for (Value result : op.getResultsPerToken())
      results.push_back(call.allocateResult(result, leadingSize(result, rows)));
    Value ofSequence = op.getResultPerSequence();
    SmallVector<Value> sizes;
    if (op.getOffsets())
      sizes = leadingSize(ofSequence, call.getSegments(offsets));
    results.push_back(call.allocateResult(ofSequence, sizes));
    arguments.append({call.getBuffer(op.getEmissions()), call.getBuffer(op.getStart()),
                      call.getBuffer(op.getTransitions()), call.getBuffer(op.getEnd()), offsets});
  }

  Value allocate(ArrayRef<int64_t> shape, Type element) {
    SmallVector<Value> sizes;
    if (ShapedType::isDynamic(shape.front()))
      sizes.push_back(rows);
    return call.allocate(shape, element, sizes);
  }

  ResultBuffers emit(func::FuncOp kernel, ArrayRef<Value> others) {
    llvm::append_range(arguments, others);
    if (failed(call.emit(kernel, arguments)))
      return failure();
    return results;
  }

  KernelCall &call;
  Value rows;
  SmallVector<Value> results, arguments;
};

template <typename Op>
ResultBuffers buildForwardBackward(Op op, KernelCall &call) {
  ForwardBackwardConfig config{dimSize(op.getStart(), 0), op->getNumResults() > 1};
  if (failed(requireStatic(op, "number of labels", {config.labels})))
    return failure();
  CrfCall<Op> crf(op, call);
  Value scratch = crf.allocate({padLabels(config.labels)}, Float32Type::get(op.getContext()));
  SmallVector<Value> others{scratch, call.asVector(crf.results.back())};
  llvm::append_range(others, ArrayRef(crf.results).drop_back());
  return crf.emit(buildForwardBackwardKernel(call.getModule(), call.getTarget(), config), others);
}

ResultBuffers buildNbest(CrfNbestOp op, KernelCall &call) {
  NbestConfig config{dimSize(op.getStart(), 0), int64_t(op.getCount())};
  if (failed(requireStatic(op, "number of labels", {config.labels})))
    return failure();
  CrfCall<CrfNbestOp> crf(op, call);
  int64_t places = config.count + 1, padded = padLabels(config.labels);
  Type i32 = IntegerType::get(op.getContext(), 32), f32 = Float32Type::get(op.getContext());
  Value names = crf.allocate({ShapedType::kDynamic, places, padded}, i32);
  Value lists = crf.allocate({2, places, padded}, f32);
  return crf.emit(buildNbestKernel(call.getModule(), call.getTarget(), config),
                  {names, lists, crf.results[0], call.asRows(crf.results[1])});
}

ResultBuffers buildViterbi(CrfViterbiOp op, KernelCall &call) {
  ViterbiConfig config{dimSize(op.getStart(), 0)};
  if (failed(requireStatic(op, "number of labels", {config.labels})))
    return failure();
  CrfCall<CrfViterbiOp> crf(op, call);
  int64_t padded = padLabels(config.labels);
  Type i32 = IntegerType::get(op.getContext(), 32), f32 = Float32Type::get(op.getContext());
  Value pointers = crf.allocate({ShapedType::kDynamic, padded}, i32);
  Value scores = crf.allocate({padded}, f32);
  return crf.emit(buildViterbiKernel(call.getModule(), call.getTarget(), config),
                  {pointers, scores, crf.results[0], call.asVector(crf.results[1])});
}

} // namespace

llvm::ArrayRef<llvm::StringRef> getKernelOpNames() {
  static constexpr llvm::StringRef names[] = {
      EmbeddingOp::getOperationName(),        PackedLinearOp::getOperationName(),
      PackedConv1dOp::getOperationName(),     MaxOverTimeOp::getOperationName(),
      PackedGruOp::getOperationName(),        PackedLstmOp::getOperationName(),
      AttentionContextOp::getOperationName(), AttentionMergeOp::getOperationName(),
      CrfLogPartitionOp::getOperationName(),  CrfMarginalsOp::getOperationName(),
      CrfNbestOp::getOperationName(),         CrfViterbiOp::getOperationName()};
  return names;
}

void registerBufferizationModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TriModDialect *) {
    // The ops of kernels.
    context->loadDialect<arith::ArithDialect, func::FuncDialect, math::MathDialect,
                         memref::MemRefDialect, scf::SCFDialect, vector::VectorDialect>();
    EmbeddingOp::attachInterface<KernelModel<EmbeddingOp, buildEmbedding>>(*context);
    PackedLinearOp::attachInterface<KernelModel<PackedLinearOp, buildLinear>>(*context);
    PackedConv1dOp::attachInterface<KernelModel<PackedConv1dOp, buildConv1d>>(*context);
    MaxOverTimeOp::attachInterface<KernelModel<MaxOverTimeOp, buildMaxOverTime>>(*context);
    PackedGruOp::attachInterface<KernelModel<PackedGruOp, buildGru>>(*context);
    PackedLstmOp::attachInterface<KernelModel<PackedLstmOp, buildLstm>>(*context);
    AttentionContextOp::attachInterface<KernelModel<AttentionContextOp, buildAttentionContext>>(
        *context);
    AttentionMergeOp::attachInterface<KernelModel<AttentionMergeOp, buildAttentionMerge>>(*context);
    CrfLogPartitionOp::attachInterface<
        KernelModel<CrfLogPartitionOp, buildForwardBackward<CrfLogPartitionOp>>>(*context);
    CrfMarginalsOp::attachInterface<
        KernelModel<CrfMarginalsOp, buildForwardBackward<CrfMarginalsOp>>>(*context);
    CrfNbestOp::attachInterface<KernelModel<CrfNbestOp, buildNbest>>(*context);
    CrfViterbiOp::attachInterface<KernelModel<CrfViterbiOp, buildViterbi>>(*context);
  });
}

} // namespace trimod

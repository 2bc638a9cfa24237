import { applyDecorators, HttpCode } from '@nestjs/common';
import { ApiOperation, ApiResponse } from '@nestjs/swagger';

/** The route's summary, its successful status and the class of its answer; the errors are documented for all alike. */
export function Returns(type: new () => object, summary: string, status = 200): MethodDecorator {
  return applyDecorators(
    HttpCode(status),
    ApiOperation({ summary }),
    ApiResponse({ status, type, description: summary }),
  );
}

/** The route answers 204 without a body. */
export function ReturnsNothing(summary: string): MethodDecorator {
  return applyDecorators(HttpCode(204), ApiOperation({ summary }), ApiResponse({ status: 204, description: summary }));
}
